import { connect } from 'node:net';

/** A connection that stays open; messages go over it one after another. */
export type LoadSession = {
  /** Resolves once the message is taken; rejects where it is not. */
  readonly send: (message: Buffer, recipient: string) => Promise<void>;
  readonly close: () => void;
};

export const envelopeSender = 'bounce@sender.test';
const end = Buffer.from('.\r\n');

/** `clientAddress`: the address that XCLIENT tells instead of loopback's, for a filter that checks no SPF for loopback. */
export async function openSmtpSession(
  port: number,
  clientAddress: string | undefined,
): Promise<LoadSession> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  let text = '';
  let waiting: ((line: string) => void) | null = null;
  let failed: ((error: Error) => void) | null = null;
  const lost = () => failed?.(new Error('the connection was closed'));
  socket.on('error', lost).on('close', lost);
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
  if (clientAddress !== undefined) {
    await say(`XCLIENT ADDR=${clientAddress} NAME=sender.test\r\n`, '220');
    await say('EHLO sender.test\r\n', '250');
  }
  return {
    send: async (message, recipient) => {
      await say(`MAIL FROM:<${envelopeSender}>\r\n`, '250');
      await say(`RCPT TO:<${recipient}>\r\n`, '250');
      await say('DATA\r\n', '354');
      await say(Buffer.concat([message, end]), '250');
    },
    close: () => socket.destroy(),
  };
}
