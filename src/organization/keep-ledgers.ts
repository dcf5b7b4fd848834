import { dayOf } from '../baseline/ledger.ts';
import type { Pseudonym } from '../features/hash.ts';
import { acquaintanceOf, acquaintanceWithoutDay } from './acquaintance-record.ts';
import { carriersBeside, carriersWithout, carriersWithoutDay } from './carrier-record.ts';
import { describeRecord } from './describe-record.ts';
import { ageOf, type LedgerKey, type LedgerStore } from './ledger-store.ts';
import type { LedgerLimits, OrganizationLedgers, Sightings } from './ledgers.ts';
import type { Acquaintance, OrganizationRequest, OrganizationView } from './organization.ts';
import { TouchBuffer } from './pending-touches.ts';
import { calendarKey, keysOfValue, storedKey } from './stored-names.ts';

/** Told of what happens to look-ups and counts; neither throws. */
export type LedgerEvents = {
  readonly onLookup: (outcome: 'answered' | 'failed', error: unknown) => void;
  /** So many touches of records could not be stored. */
  readonly onLost: (touches: number, error: unknown) => void;
};

export type KeepOptions = {
  readonly limits: LedgerLimits;
  readonly pseudonym: Pseudonym;
  readonly events: LedgerEvents;
};

/** How long counts wait to be stored, how many go at once, and how many may wait while the store does not take them. */
const batch = { waitMs: 1000, touches: 200, capacity: 10_000 };

/** The organization's ledgers over a store of records; owns the store. */
export function keepLedgers(
  store: LedgerStore,
  { limits, pseudonym, events }: KeepOptions,
): OrganizationLedgers {
  const buffer = new TouchBuffer(batch.capacity, pseudonym);
  let underWay: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const storePending = async (): Promise<void> => {
    const pending = buffer.take();
    if (pending.size === 0) return;
    await store
      .update(pending.keys, pending.change, pending.latestDay)
      .catch((error: unknown) => events.onLost(pending.size, error));
  };
  /** One batch at a time: while a store hangs, nobody waits in line for every count. */
  const storeBatch = (): Promise<void> => {
    underWay ??= storePending().finally(() => {
      underWay = null;
      if (buffer.size > 0) storeSoon();
    });
    return underWay;
  };
  const storeSoon = (): void => {
    if (underWay !== null) return;
    if (buffer.size >= batch.touches) void storeBatch();
    else timer ??= setTimeout(() => ((timer = null), void storeBatch()), batch.waitMs).unref();
  };
  const flush = async (): Promise<void> => {
    while (buffer.size > 0 || underWay !== null) await storeBatch();
  };
  const count = (sightings: Sightings): void => {
    const surplus = buffer.add(sightings);
    if (surplus > 0) events.onLost(surplus, new Error('more is counted than can be stored'));
    storeSoon();
  };

  return {
    look: async (request) => {
      try {
        const view = await look(store, request, { limits, pseudonym });
        events.onLookup('answered', null);
        return view;
      } catch (error) {
        events.onLookup('failed', error);
        throw error;
      }
    },
    count,
    flush,
    forget: async (what) => {
      await flush();
      return 'day' in what
        ? store.updateAll((key, record) => withoutDay(key, record, what.day))
        : forgetValue(store, what.value, pseudonym);
    },
    uncarry: async ({ alias, values }) => {
      await flush();
      const keys = values.map((value) => storedKey('carried', value, pseudonym));
      const change = (_: LedgerKey, record: string | null) =>
        record === null ? null : carriersWithout(record, alias);
      await store.update(keys, change, 0);
    },
    erase: async (correspondent) => {
      await flush();
      return correspondent.includes('@') ? forgetValue(store, correspondent, pseudonym) : 0;
    },
    describe: async (value) => {
      await flush();
      const keys = keysOfValue(value, pseudonym);
      const records = await store.read(keys);
      return keys.flatMap((key, index) => describeRecord(key, records[index] ?? null));
    },
    sizes: () => store.sizes(),
    ping: () => store.ping(),
    [Symbol.asyncDispose]: async () => {
      if (timer !== null) clearTimeout(timer);
      await flush();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function look(
  store: LedgerStore,
  { at, alias, domains, correspondents, fresh }: OrganizationRequest,
  { limits, pseudonym }: Pick<KeepOptions, 'limits' | 'pseudonym'>,
): Promise<OrganizationView> {
  const today = dayOf(at);
  const asked = [
    ...domains.map((value) => ({ ledger: 'domain', value }) as const),
    ...correspondents.map((value) => ({ ledger: 'correspondent', value }) as const),
    ...fresh.map((value) => ({ ledger: 'carried', value }) as const),
  ];
  const keys = asked.map(({ ledger, value }) => storedKey(ledger, value, pseudonym));
  const [calendar = null, ...records] = await store.read([calendarKey, ...keys]);
  const acquaintances = (ledger: 'domain' | 'correspondent') =>
    new Map(
      asked.flatMap((entry, index): (readonly [string, Acquaintance])[] => {
        const record = records[index] ?? null;
        if (entry.ledger !== ledger || record === null) return [];
        const isOld = ageOf(record).lastDay <= today - limits.windowDays;
        return isOld ? [] : [[entry.value, acquaintanceOf(record, today)]];
      }),
    );
  return {
    days: calendar === null ? 0 : acquaintanceOf(calendar, today).days,
    domains: acquaintances('domain'),
    correspondents: acquaintances('correspondent'),
    elsewhere: new Map(
      asked.flatMap(({ ledger, value }, index): (readonly [string, number])[] => {
        const record = records[index] ?? null;
        if (ledger !== 'carried' || record === null) return [];
        const others = carriersBeside(record, alias, today);
        return others === 0 ? [] : [[value, others]];
      }),
    ),
  };
}

/** Asked record by record, so that only what is there is counted. */
async function forgetValue(
  store: LedgerStore,
  value: string,
  pseudonym: KeepOptions['pseudonym'],
): Promise<number> {
  const keys = keysOfValue(value.toLowerCase(), pseudonym);
  const records = await store.read(keys);
  const kept = keys.filter((_, index) => (records[index] ?? null) !== null);
  await store.update(kept, () => null, 0);
  return kept.length;
}

function withoutDay({ ledger }: LedgerKey, record: string | null, day: number): string | null {
  if (record === null) return null;
  return ledger === 'carried'
    ? carriersWithoutDay(record, day)
    : acquaintanceWithoutDay(record, day);
}
