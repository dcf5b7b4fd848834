/** Worker thread that authenticates and parses large messages, several at a time; it may be terminated at any moment. */
import { readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { verifyHere } from '../authentication/authenticate.ts';
import { DnsError, type DnsRecord, type Lookup } from '../authentication/resolver.ts';
import { MessageTooLarge, readBody } from '../message/message.ts';
import type { AuthenticateTask, FromTask, ReadBodyTask, Task, ToTask } from './tasks.ts';

/** Bytes that are asked for before they are needed. */
const aheadBytes = 262_144;

parentPort?.on('message', ({ port, ...task }: Task) => {
  const done = task.kind === 'authenticate' ? authenticate(task, port) : read(task, port);
  void done.catch((error: unknown) => {
    say(port, { kind: 'failed', error, isTooLarge: error instanceof MessageTooLarge });
  });
});

function say(port: MessagePort, message: FromTask, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...transfer]);
}

async function read({ bytes }: ReadBodyTask, port: MessagePort): Promise<void> {
  const body = await readBody(Buffer.from(bytes.buffer));
  // Copies: a part may be a piece of a larger buffer, all of which would be sent.
  const parts = body.parts.map((part) => ({ ...part, content: new Uint8Array(part.content) }));
  const buffers = parts.map(({ content }) => content.buffer);
  say(port, { kind: 'body', body: { ...body, parts } }, buffers);
}

async function authenticate(task: AuthenticateTask, port: MessagePort): Promise<void> {
  const { transaction, sizeBytes, descriptor, authservId } = task;
  const head = Buffer.from(task.head.buffer);
  const questions = new Map<number, PromiseWithResolvers<readonly DnsRecord[]>>();
  const content =
    descriptor === null
      ? new Readable({ highWaterMark: aheadBytes, read: () => say(port, { kind: 'more' }) })
      : Readable.from(piecesOf(descriptor, sizeBytes));
  const hear = (heard: ToTask) => {
    if (heard.kind === 'piece') content.push(heard.bytes && Buffer.from(heard.bytes.buffer));
    else if (heard.kind === 'answer') questions.get(heard.id)?.resolve(heard.records);
    else questions.get(heard.id)?.reject(new DnsError(heard.code, heard.name));
  };
  port.on('message', hear);
  const lookup: Lookup = (name, rrtype) => {
    const question = Promise.withResolvers<readonly DnsRecord[]>();
    const id = questions.size;
    questions.set(id, question);
    say(port, { kind: 'question', id, name, rrtype });
    return question.promise;
  };
  const { results, stop } = verifyHere(authservId)(
    {
      ...transaction,
      content: {
        sizeBytes,
        prefix: (limitBytes) => Promise.resolve(head.subarray(0, limitBytes)),
        stream: () => content,
      },
    },
    lookup,
  );
  port.on('close', () => {
    stop();
    for (const question of questions.values()) question.reject(new DnsError('ECANCELLED', ''));
  });
  say(port, { kind: 'authenticated', results: await results });
}

const pieceBytes = 65_536;
const lineFeed = 0x0a;

/**
 * In whole lines, since the verifier copies a piece behind the rest of a line that it has kept of the one before. A
 * number whose file was closed meanwhile may be that of another one; whoever asked looks whether it was.
 */
function* piecesOf(descriptor: number, sizeBytes: number): Generator<Buffer> {
  for (let at = 0; at < sizeBytes;) {
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, sizeBytes - at));
    const bytesRead = readSync(descriptor, piece, 0, piece.length, at);
    if (bytesRead === 0) throw new Error('the file of the message ends too early');
    const lines = piece.subarray(0, bytesRead).lastIndexOf(lineFeed) + 1;
    const end = lines === 0 ? bytesRead : lines;
    at += end;
    yield piece.subarray(0, end);
  }
}

parentPort?.postMessage('ready');
