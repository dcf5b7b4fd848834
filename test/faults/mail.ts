import type { Random } from '../../src/commands/demo/random.ts';
import { publishedLure, vendor, vendorMail } from '../end-to-end/site.ts';
import { attemptField, type Attempt } from './ledger.ts';

export type Mail = {
  readonly sender: string;
  readonly wire: (attempt: Attempt) => Promise<Buffer>;
};

/** Ordinary mail, large mail (which is spooled to disk), honest mail of a watched alias, and its abuse, which is held. */
export function composeMail(random: Random): Mail {
  const kind = random.below(20);
  if (kind < 3)
    return { sender: vendor.address, wire: (attempt) => signed('Alder Bakery', attempt) };
  if (kind < 7)
    return { sender: vendor.address, wire: (attempt) => signed(publishedLure, attempt) };
  const lines = kind === 7 ? 3000 : 1 + random.below(20);
  const domain = `d${random.below(40)}.sender.test`;
  const body = '.A line that begins with a dot and is forty.\r\n'.repeat(lines);
  return {
    sender: `ann@${domain}`,
    wire: (attempt) => Promise.resolve(plain(`ann@${domain}`, field(attempt), body)),
  };
}

function field({ message, number }: Attempt): string {
  return `${attemptField}: ${message}/${number}`;
}

function plain(from: string, attempt: string, body: string): Buffer {
  const header = `From: ${from}\r\nTo: jo@example.test\r\nSubject: minutes\r\n${attempt}\r\n\r\n`;
  return stuffed(header + body);
}

async function signed(tenant: string, attempt: Attempt): Promise<Buffer> {
  return stuffed(await vendorMail({ tenant, fields: [field(attempt)] }));
}

function stuffed(message: string): Buffer {
  return Buffer.from(message.replaceAll('\r\n.', '\r\n..'), 'latin1');
}
