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
import type { Journal } from './journal.ts';
import { messageId, type Arrival, type Spool } from './spool.ts';

/** What archives teach the organization's ledgers, in order of arrival, as production would have. */
export type OrganizationLessons = {
  /** Counts other mail that arrived up to then; with null all that is left. */
  readonly countUntil: (time: Date | null) => Promise<void>;
  /** Counts a message that was analysed. */
  readonly count: (transaction: Transaction, analysed: Analysis) => Promise<void>;
};

/** Of other mail only what it teaches is spooled. */
export type OtherMail = Pick<Spool, 'add' | 'inOrder'>;

type OtherLesson = { readonly id: string; readonly sightings: Sightings };

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
    const spooled: OtherLesson = { id: messageId({ bytes, arrivedAt }), sightings };
    await others.add({ bytes: Buffer.from(JSON.stringify(spooled)), arrivedAt });
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
  { lists, journal }: { readonly lists: Lists; readonly journal: Omit<Journal, 'observing'> },
): OrganizationLessons {
  const flush = async () => {
    await ledgers.flush();
    journal.counted();
  };
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
        const { id, sightings } = JSON.parse(next.value.bytes.toString()) as OtherLesson;
        if (journal.find(id)?.isCounted !== true) {
          ledgers.count(sightings);
          journal.write(id, 'other');
          if (++counted % countsAtOnce === 0) await flush();
        }
        next = null;
      }
      const day = time === null ? Infinity : dayOf(time);
      if (day > flushedDay) await flush();
      flushedDay = day;
    },
    count: async (transaction, analysis) => {
      const isDelivered = analysis.decision.effectiveAction !== 'quarantine';
      await feed({ transaction, analysis, lists, isDelivered });
      // The next message may ask where else its values were carried.
      if ((analysis.seen?.carried.values.length ?? 0) > 0) await flush();
    },
  };
}
