import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import type { AuthenticationResults } from '../../src/authentication/results.ts';
import { extractFeatures } from '../../src/features/extract-features.ts';
import type { Features } from '../../src/features/features.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import type { Lists } from '../../src/features/lists.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import type { Connection, Envelope, Transaction } from '../../src/smtp/transaction.ts';

export const lists: Lists = {
  freeHosting: new Set(['web.app', 'sites.google.com']),
  urlShorteners: new Set(['bit.ly']),
  freeMail: new Set(['gmail.com']),
  cheapTopLevelDomains: new Set(['xyz']),
  lureWords: new Map([
    ['any', new Map([['bitcoin', 5]])],
    [
      'en',
      new Map([
        ['call', 3],
        ['support desk', 5],
        ['cancel', 3],
        ['refund', 4],
        ['within 24 hours', 5],
        ['account', 1],
      ]),
    ],
  ]),
  commonWords: new Map([
    ['en', new Set(['the', 'your', 'is', 'to', 'and', 'of', 'for', 'at'])],
    ['de', new Set(['die', 'sie', 'ist', 'nicht', 'haben', 'bei', 'uns'])],
  ]),
  brands: new Map([['paypal', ['paypal.com']]]),
  deskWords: new Set(['support desk', 'security team']),
  popularDomains: new Set(['google.com']),
  sets: new Map(),
  ourActors: new Map(),
};

export type MailText = {
  readonly from?: string;
  readonly subject?: string;
  readonly fields?: readonly string[];
  readonly body?: string;
  readonly html?: string;
};

/** A message of an invented vendor, as bytes with CRLF. */
export function mailBytes({
  from = 'Vendor <no-reply@vendor.example>',
  subject = 'Your code',
  fields = [],
  body = 'Your code is 123456.',
  html,
}: MailText = {}): Buffer {
  const lines = [
    `From: ${from}`,
    'To: jo@site.example',
    `Subject: ${subject}`,
    'Date: Sun, 22 Nov 2026 10:00:00 +0000',
    ...fields,
  ];
  const typed =
    html === undefined
      ? [...lines, '', body]
      : [...lines, 'Content-Type: text/html; charset=utf-8', '', html];
  return Buffer.from(`${typed.join('\r\n')}\r\n`);
}

export const receivedAt = new Date('2026-11-22T10:00:05Z');

export function transactionOf(
  data: Buffer,
  given: {
    readonly connection?: Partial<Connection>;
    readonly envelope?: Partial<Envelope>;
    readonly receivedAt?: Date;
  } = {},
): Transaction {
  return {
    id: '00000000000000000001',
    receivedAt: given.receivedAt ?? receivedAt,
    connection: {
      clientAddress: '192.0.2.7',
      clientPort: 40_000,
      clientHostname: null,
      helo: 'mx.vendor.example',
      protocol: 'ESMTP',
      ...given.connection,
    },
    envelope: {
      mailFrom: 'bounce@vendor.example',
      rcptTo: ['jo@site.example'],
      mailParameters: '',
      rcptParameters: [''],
      ...given.envelope,
    },
    content: memoryContent(data),
  };
}

/** Features of one message of alias no-reply@vendor.example. */
export async function featuresOf(
  mail: MailText,
  given: Parameters<typeof transactionOf>[1] & {
    readonly authentication?: AuthenticationResults;
  } = {},
): Promise<Features> {
  const data = mailBytes(mail);
  const header = readHeader(data);
  const message = await parseMessage(data, header);
  return extractFeatures({
    transaction: transactionOf(data, given),
    message,
    authentication: given.authentication ?? assumeAuthenticated(header),
    lists,
    pseudonym: createPseudonym(Buffer.alloc(32)),
    address: header.from[0]?.address ?? '',
  });
}
