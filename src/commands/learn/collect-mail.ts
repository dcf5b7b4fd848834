import type { ArchivedMessage } from '../../archive/mbox.ts';
import { NotMail, readArchive } from '../../archive/read-archive.ts';
import { readHeader, type Header } from '../../message/header.ts';
import type { Spool } from './spool.ts';

export type Collected = {
  readonly messages: number;
  /** From addresses nobody watches, or that were not asked for. */
  readonly notWatched: number;
  /** Without a From address, or without any time of arrival. */
  readonly unreadable: number;
  /** From addresses of the messages that are in the spool. */
  readonly addresses: ReadonlySet<string>;
};

type Collecting = {
  readonly spool: Spool;
  readonly isWanted: (address: string) => boolean;
  readonly signal: AbortSignal;
};

/**
 * Reads every archive to its end and spools the mail that is wanted: what cannot be read shows before anything is learned.
 * @throws NotMail when a path holds no mail.
 */
export async function collectMail(
  paths: readonly string[],
  { spool, isWanted, signal }: Collecting,
): Promise<Collected> {
  const addresses = new Set<string>();
  const counts = { messages: 0, notWatched: 0, unreadable: 0 };
  for (const path of paths) {
    let readable = 0;
    for await (const archived of readArchive(path)) {
      signal.throwIfAborted();
      counts.messages++;
      const header = readHeader(archived.bytes);
      const address = header.from[0]?.address ?? '';
      const arrivedAt = arrivalOf(archived, header);
      if (address === '' || arrivedAt === null) {
        counts.unreadable++;
        continue;
      }
      readable++;
      if (!isWanted(address)) {
        counts.notWatched++;
        continue;
      }
      addresses.add(address);
      await spool.add({ bytes: archived.bytes, arrivedAt });
    }
    if (readable === 0)
      throw new NotMail(
        `${path} holds no message with a From address and a date: give an mbox file, a message, a Maildir or a folder of these`,
      );
  }
  return { ...counts, addresses };
}

/** What the archive says, else our own server's Received field (the topmost), else the sender's Date. */
function arrivalOf({ arrivedAt }: ArchivedMessage, { fields, sentAtMs }: Header): Date | null {
  if (arrivedAt !== null) return arrivedAt;
  const received = fields.find(({ name }) => name === 'received')?.body ?? '';
  // RFC 5322 §3.6.7: the date follows the last semicolon.
  const time = Date.parse(
    received
      .slice(received.lastIndexOf(';') + 1)
      .replace(/\([^)]{0,200}\)/g, '')
      .trim(),
  );
  if (!Number.isNaN(time)) return new Date(time);
  return sentAtMs === null ? null : new Date(sentAtMs);
}
