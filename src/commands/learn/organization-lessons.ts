import type { Analysis } from '../../analysis.ts';
import { assumeAuthenticated } from '../../archive/archived-transaction.ts';
import { dayOf } from '../../baseline/ledger.ts';
import type { Lists } from '../../features/lists.ts';
import type { Header } from '../../message/header.ts';
import { parseMessage } from '../../message/message.ts';
import { createOrganizationFeed } from '../../organization-feed.ts';
import type { OrganizationLedgers, Sightings } from '../../organization/ledgers.ts';
import { headerSightings, linkDomainsOf } from '../../organization/sightings.ts';
import type { Transaction } from '../../smtp/transaction.ts';
import type { Arrival, Spool } from './spool.ts';

/** What archives teach the organization's ledgers, in order of arrival, as production would have. */
export type OrganizationLessons = {
  /** Counts other mail that arrived up to then; with null all that is left. */
  readonly countUntil: (time: Date | null) => Promise<void>;
  /** Counts a message that was analysed. */
  readonly count: (transaction: Transaction, analysed: Analysis) => Promise<void>;
};

/** Of other mail only what it teaches is spooled. */
export type OtherMail = Pick<Spool, 'add' | 'inOrder'>;

/** Bytes that are read for links, as in production. */
const sampledBytes = 256 * 1024;

/** Counts between two waits for the ledgers. */
const countsAtOnce = 100;

/** Spools what a message of nobody's alias teaches; the operator vouches that it is authentic. */
export function otherMailInto(
  others: OtherMail,
  { lists, sample }: { readonly lists: Lists; readonly sample: number },
): (arrival: Arrival, header: Header) => Promise<void> {
  let messages = 0;
  return async ({ bytes, arrivedAt }, header) => {
    const taught = headerSightings(header, assumeAuthenticated(header), lists);
    if (taught === null) return;
    const isSampled = sample > 0 && messages++ % sample === 0;
    const sightings: Sightings = {
      ...taught,
      day: dayOf(arrivedAt),
      domains: isSampled ? await linksIn(bytes, header) : [],
      written: [],
      carried: null,
    };
    await others.add({ bytes: Buffer.from(JSON.stringify(sightings)), arrivedAt });
  };
}

async function linksIn(bytes: Buffer, header: Header): Promise<readonly string[]> {
  const message = await parseMessage(bytes.subarray(0, sampledBytes), header).catch(() => null);
  return message === null ? [] : linkDomainsOf(message);
}

/** Counts watched and other mail in one order, so that nothing is known before its time. */
export function organizationLessons(
  ledgers: Pick<OrganizationLedgers, 'count' | 'flush'>,
  others: OtherMail,
  lists: Lists,
): OrganizationLessons {
  const feed = createOrganizationFeed(ledgers, { sample: 0 });
  const waiting = others.inOrder();
  let next: IteratorResult<Arrival, unknown> | null = null;
  let flushedDay = 0;
  return {
    countUntil: async (time) => {
      let counted = 0;
      for (;;) {
        next ??= await waiting.next();
        if (next.done || (time !== null && next.value.arrivedAt > time)) break;
        ledgers.count(JSON.parse(next.value.bytes.toString()) as Sightings);
        next = null;
        if (++counted % countsAtOnce === 0) await ledgers.flush();
      }
      const day = time === null ? Infinity : dayOf(time);
      if (day > flushedDay) await ledgers.flush();
      flushedDay = day;
    },
    count: async (transaction, analysis) => {
      const isDelivered = analysis.decision.effectiveAction !== 'quarantine';
      await feed({ transaction, analysis, lists, isDelivered });
      // The next message may ask where else its values were carried.
      if ((analysis.seen?.carried.values.length ?? 0) > 0) await ledgers.flush();
    },
  };
}
