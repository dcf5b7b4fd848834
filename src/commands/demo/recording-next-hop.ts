import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { HostPort } from '../../config/host-port.ts';

export type DeliveredMail = { readonly rcptTo: readonly string[]; readonly bytes: Buffer };

/** Stands for the recipients' own MTA: takes everything and keeps it as it came. */
export type RecordingNextHop = AsyncDisposable & {
  readonly address: HostPort;
  readonly delivered: readonly DeliveredMail[];
};

/** Listens on a free loopback port. */
export async function startRecordingNextHop(): Promise<RecordingNextHop> {
  const delivered: DeliveredMail[] = [];
  const server = new SMTPServer({
    name: 'mta.demo.example',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', done);
      stream.on('end', () => {
        const rcptTo = session.envelope.rcptTo.map(({ address }) => address);
        delivered.push({ rcptTo, bytes: Buffer.concat(chunks) });
        done(null, `queued as D${delivered.length}`);
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  server.on('error', () => undefined); // a connection that breaks is no concern of the demo
  const { address, port } = server.server.address() as AddressInfo;
  return {
    address: { host: address, port },
    delivered,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
