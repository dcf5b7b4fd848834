import type { AuthenticationResults } from '../authentication/results.ts';
import { domainOf } from '../message/mailbox.ts';
import type { Header } from '../message/header.ts';
import { memoryContent } from '../smtp/content.ts';
import type { Transaction } from '../smtp/transaction.ts';

/** A message from an archive as a transaction: no client, no envelope but what the header names. */
export function archivedTransaction({
  id,
  bytes,
  header,
  receivedAt,
}: {
  readonly id: string;
  readonly bytes: Buffer;
  readonly header: Header;
  readonly receivedAt: Date;
}): Transaction {
  const rcptTo = header.addressees
    .map(({ address }) => address)
    .filter((address) => address.includes('@'))
    .slice(0, 100);
  return {
    id,
    receivedAt,
    connection: {
      clientAddress: '',
      clientPort: 0,
      clientHostname: null,
      helo: '',
      protocol: 'ESMTP',
    },
    envelope: { mailFrom: '', rcptTo, mailParameters: '', rcptParameters: rcptTo.map(() => '') },
    content: memoryContent(bytes),
  };
}

/** Archives cannot be authenticated any more: the operator vouches that they were (`--assume-authenticated`). */
export function assumeAuthenticated(header: Header): AuthenticationResults {
  const domain = domainOf(header.from[0]?.address ?? '');
  return {
    spf: { result: 'none', domain: '' },
    dkim: [
      {
        result: 'pass',
        domain,
        selector: '',
        aligned: true,
        signedAtSeconds: null,
        expiresAtSeconds: null,
        coversWholeBody: true,
        signedFields: ['from', 'to', 'subject', 'date', 'reply-to', 'content-type'],
        signatureHash: '',
      },
    ],
    dmarc: { result: 'pass', policy: '', domain },
    arc: { result: 'none' },
    resinfo: 'none',
  };
}
