import { archivedTransaction } from '../../archive/archived-transaction.ts';
import { readHeader } from '../../message/header.ts';
import { newTransactionId } from '../../smtp/transaction-id.ts';
import type { Transaction } from '../../smtp/transaction.ts';

/** What the operator knows of how the message came. */
export type PathFlags = {
  readonly peerIp?: string;
  readonly helo?: string;
  readonly mailFrom?: string;
  readonly rcpt?: readonly string[];
  readonly at?: Date;
};

/** The message as a transaction; without a client address nothing will be asked of its sending path. */
export function checkedTransaction(
  bytes: Buffer,
  { peerIp = '', helo = '', mailFrom = '', rcpt, at = new Date() }: PathFlags,
): Transaction {
  const archived = archivedTransaction({
    id: newTransactionId(at),
    bytes,
    header: readHeader(bytes),
    receivedAt: at,
  });
  const rcptTo = rcpt?.map(bare) ?? archived.envelope.rcptTo;
  return {
    ...archived,
    connection: { ...archived.connection, clientAddress: peerIp, helo },
    envelope: {
      ...archived.envelope,
      mailFrom: bare(mailFrom),
      rcptTo,
      rcptParameters: rcptTo.map(() => ''),
    },
  };
}

/** `<user@example.com>` as well as without the brackets; `<>` is the null reverse-path. */
function bare(path: string): string {
  return path.trim().replace(/^<(.*)>$/, '$1');
}
