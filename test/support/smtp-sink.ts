import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { requireInstalled } from './installed.ts';
import { freePort, listens } from './smtp-ports.ts';

const program = '/usr/sbin/smtp-sink';

/** For `{ skip }`. */
export const skipWithoutSmtpSink = (): string | false => requireInstalled('smtp-sink', 'postfix');

/** Postfix's test server; see smtp-sink(1) for the arguments that make it fail. */
export async function startSmtpSink(
  ...faults: readonly string[]
): Promise<AsyncDisposable & { readonly host: string; readonly port: number }> {
  const port = await freePort();
  const asUser = process.getuid?.() === 0 ? ['-u', 'postfix'] : [];
  const sink = spawn(program, [...asUser, ...faults, `127.0.0.1:${port}`, '200'], {
    stdio: 'ignore',
  });
  const exited = once(sink, 'exit');
  await listens({ host: '127.0.0.1', port });
  return {
    host: '127.0.0.1',
    port,
    [Symbol.asyncDispose]: async () => {
      sink.kill();
      await exited;
    },
  };
}
