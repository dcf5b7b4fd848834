import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { readMailFile } from './mail-file.ts';

/**
 * Sends `--count` messages of a file, from the `--first` on, over `--sessions` connections that stay open, as fast as they
 * are taken. A process of its own: its work is nobody else's. Prints one line of JSON.
 */
export type LoadResult = {
  readonly seconds: number;
  /** From MAIL to the final reply, in ms, ascending. */
  readonly latenciesMs: readonly number[];
};

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    mail: { type: 'string', default: '' },
    first: { type: 'string', default: '0' },
    count: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '50' },
  },
});
const first = Number(options.first);
const messages = readMailFile(options.mail).slice(first, first + Number(options.count));
const latenciesMs: number[] = [];
let next = 0;

const clients = await Promise.all(Array.from({ length: Number(options.sessions) }, openSession));
const startedMs = performance.now();
await Promise.all(clients.map(sendAll));
const seconds = (performance.now() - startedMs) / 1000;
for (const { socket } of clients) socket.destroy();
latenciesMs.sort((left, right) => left - right);
process.stdout.write(`${JSON.stringify({ seconds, latenciesMs } satisfies LoadResult)}\n`);

type Session = {
  readonly socket: ReturnType<typeof connect>;
  readonly say: (bytes: string | Buffer, code: string) => Promise<void>;
};

async function openSession(): Promise<Session> {
  const socket = connect({ host: '127.0.0.1', port: Number(options.port), noDelay: true });
  let text = '';
  let waiting: ((line: string) => void) | null = null;
  let failed: ((error: Error) => void) | null = null;
  const end = () => failed?.(new Error('the connection was closed'));
  socket.on('error', end).on('close', end);
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const reply = /^(?:\d{3}-.*\r\n)*(\d{3}(?: .*)?)\r\n/.exec(text);
    if (reply === null || waiting === null) return;
    text = text.slice(reply[0].length);
    waiting(reply[1] ?? '');
  });
  const expect = async (code: string) => {
    const line = await new Promise<string>((resolve, reject) => {
      [waiting, failed] = [resolve, reject];
    });
    if (!line.startsWith(code)) throw new Error(`not ${code}: ${line}`);
  };
  const say = async (bytes: string | Buffer, code: string) => {
    const answer = expect(code);
    socket.write(bytes);
    await answer;
  };
  await expect('220');
  await say('EHLO sender.test\r\n', '250');
  return { socket, say };
}

async function sendAll({ say }: Session): Promise<void> {
  for (;;) {
    const at = next++;
    const message = messages[at];
    if (message === undefined) return;
    const sinceMs = performance.now();
    await say('MAIL FROM:<bounce@sender.test>\r\n', '250');
    await say(`RCPT TO:<user${(first + at) % 200}@example.test>\r\n`, '250');
    await say('DATA\r\n', '354');
    await say(Buffer.concat([message, Buffer.from('.\r\n')]), '250');
    latenciesMs.push(performance.now() - sinceMs);
  }
}
