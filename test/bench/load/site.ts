import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startZoneServer } from '../../../src/commands/demo/zone-server.ts';
import { startSmtpSink } from '../../support/smtp-sink.ts';
import { vendorZone } from '../../support/zone.ts';
import { writeMailFile } from './mail-file.ts';
import { mailOfSize, signedMail } from './signed-mail.ts';
import { taughtMail } from './taught-mail.ts';

export const senders = {
  unwatched: 'unwatched.bench.test',
  watched: 'watched.bench.test',
} as const;
export type SenderName = keyof typeof senders;

/** What a filter is told to be the client's address that treats loopback as its own network and checks nothing for it. */
export const foreignAddress = '203.0.114.10';

/** What all subjects of a run share: a folder, the next hop, a DNS server, and mail that was never sent before. */
export type Site = AsyncDisposable & {
  readonly directory: string;
  /** Where the gateway's program is, and what Node needs to run it. */
  readonly gateway: readonly string[];
  readonly sinkPort: number;
  /** `host:port`. */
  readonly dns: string;
  /** An mbox file with what the watched sender wrote before; made where it is first asked for. */
  readonly taught: () => string;
  /** A file of `writeMailFile` with new messages of these senders; disposing removes it. */
  readonly makeMail: (mail: MailWanted) => AsyncDisposable & { readonly path: string };
};

export type MailWanted = {
  readonly sender: SenderName;
  readonly sizeBytes: number;
  readonly count: number;
};

export async function openSite(gateway: readonly string[]): Promise<Site> {
  await using opening = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-'));
  opening.defer(() => rm(directory, { recursive: true, force: true }));
  const sink = opening.use(await startSmtpSink('-m', '400'));
  const from = { ip4: `127.0.0.0/8 ip4:${foreignAddress}` };
  const zone = { ...vendorZone(senders.unwatched, from), ...vendorZone(senders.watched, from) };
  const sendingHost = { 'sender.test': vendorZone('sender.test', from)['sender.test'] ?? {} };
  const listen = { host: '127.0.0.1', port: 0 };
  const dns = opening.use(await startZoneServer({ ...zone, ...sendingHost }, listen));
  const now = new Date();
  const taught = join(directory, 'taught.mbox');
  let isTaughtMade = false;
  let made = 0;
  const opened = opening.move();
  return {
    ...{ directory, gateway, sinkPort: sink.port, dns: dns.address },
    taught: () => {
      if (!isTaughtMade) writeFileSync(taught, taughtMail(senders.watched, now));
      isTaughtMade = true;
      return taught;
    },
    makeMail: ({ sender, sizeBytes, count }) => {
      const path = join(directory, `${made}.mail`);
      const first = made;
      made += count;
      const mail = mailOfSize(senders[sender], sizeBytes);
      const numbers = Array.from({ length: count }, (_, index) => first + index);
      writeMailFile(
        path,
        numbers.values().map((number) => signedMail(mail, number, now)),
      );
      return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
