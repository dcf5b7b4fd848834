import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { authenticate } from 'mailauth';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { rememberingResolver } from './remembering-resolver.ts';

/**
 * What the same libraries cost with nothing of ours: smtp-server takes, nodemailer relays, and with `--dns` mailauth
 * authenticates in between, its answers remembered for ever. One connection to the next hop for each of the client.
 */
const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    next: { type: 'string', default: '0' },
    dns: { type: 'string' },
  },
});
const relays = new Map<string, Promise<SMTPConnection>>();
const resolve = options.dns === undefined ? null : rememberingResolver(options.dns);

new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData(stream, session, callback) {
    void relay(stream, session).then(
      () => {
        callback(null);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
  },
  onClose({ id }) {
    void relays.get(id)?.then((connection) => {
      connection.close();
    });
    relays.delete(id);
  },
}).listen(Number(options.port), '127.0.0.1');

async function relay(stream: NodeJS.ReadableStream, session: SMTPServerSession): Promise<void> {
  const message = await buffer(stream);
  const { mailFrom, rcptTo } = session.envelope;
  const from = mailFrom === false ? '' : mailFrom.address;
  let received = message;
  if (resolve !== null) {
    const report = await authenticate(message, {
      ip: session.remoteAddress,
      helo: session.clientHostname || 'sender.test',
      sender: from,
      mta: 'bench.test',
      disableBimi: true,
      resolver: resolve,
    });
    received = Buffer.concat([Buffer.from(report.headers), message]);
  }
  const connection = await (relays.get(session.id) ?? open(session.id));
  await new Promise<void>((done, fail) => {
    connection.send({ from, to: rcptTo.map(({ address }) => address) }, received, (error) => {
      if (error) fail(error);
      else done();
    });
  });
}

function open(id: string): Promise<SMTPConnection> {
  const connection = new SMTPConnection({
    host: '127.0.0.1',
    port: Number(options.next),
    ignoreTLS: true,
  });
  const opened = new Promise<SMTPConnection>((done, fail) => {
    connection.once('error', fail);
    connection.connect(() => {
      done(connection);
    });
  });
  relays.set(id, opened);
  return opened;
}
