import { arrivalOf } from '../../archive/arrival.ts';
import { NotMail, readArchive } from '../../archive/read-archive.ts';
import { readHeader, type Header } from '../../message/header.ts';
import type { Arrival, Spool } from './spool.ts';

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
  /** Told of the mail that is not. */
  readonly onOther: (arrival: Arrival, header: Header) => Promise<void>;
  readonly signal: AbortSignal;
};

/**
 * Reads every archive to its end and spools the mail that is wanted: what cannot be read shows before anything is learned.
 * @throws NotMail when a path holds no mail.
 */
export async function collectMail(
  paths: readonly string[],
  { spool, isWanted, onOther, signal }: Collecting,
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
        await onOther({ bytes: archived.bytes, arrivedAt }, header);
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
