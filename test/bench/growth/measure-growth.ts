import { loadRules } from '../../../src/config/load-rules.ts';
import { createPseudonym } from '../../../src/features/hash.ts';
import { seeded } from '../../support/appraised-mail.ts';
import { grow, learn, originalsOf, timeOf, type GrowingState, type Size } from './growing-state.ts';
import {
  kinds,
  pickAlias,
  sharesOf,
  type Kind,
  type PickAlias,
  type Spread,
} from './pick-alias.ts';
import { openStoreUnderTest, type StoreKind, type StoreUse } from './store-under-test.ts';
import { createVendorTraffic, type VendorMail } from './vendor-traffic.ts';

export type GrowthOptions = {
  readonly store: StoreKind;
  readonly spread: Spread;
  readonly small: Size;
  readonly large: Size;
  /**
   * How many aliases of the large state have one ledger: one learns, the others get a copy of what it learned. The state
   * is as large and as deep, in a fraction of the time; 1 learns every message.
   */
  readonly copies: number;
  /** Days that the messages of both are spread over. */
  readonly days: number;
  /** Measured turns of each, and messages of one kind in one turn; a first turn more warms up. */
  readonly rounds: number;
  readonly perRound: number;
  readonly onProgress?: (what: string) => void;
};

/** Of one message: what the calls of the store and the score take, the making of the message not counted in. */
export type MessageCost = {
  /** User and system time of our process. */
  readonly cpuMs: number;
  /** Of 16 at once. */
  readonly wallMs: number;
} & StoreUse;

export type StateCost = Size & {
  readonly shares: Readonly<Record<Kind, number>>;
  /** Null where no message is of the kind. */
  readonly kinds: Readonly<Record<Kind, MessageCost | null>>;
  /** By the shares of a day. */
  readonly cost: MessageCost;
  readonly baselineBytesPerAlias: number;
  readonly organizationBytes: number;
};

export type Growth = {
  readonly store: StoreKind;
  readonly spread: Spread;
  readonly days: number;
  readonly copies: number;
  readonly small: StateCost;
  readonly large: StateCost & {
    /** Of a message that nobody watches: what the organization's ledgers take note of. */
    readonly unwatched: MessageCost;
    readonly seconds: number;
    /** To open the store in another process and list its aliases. */
    readonly reopenMs: number;
    /** To read everything of one alias, which is done of 500 every four hours. */
    readonly describeMs: number;
  };
  /** Large by small, each taken within a round. Null where small takes none. */
  readonly ratios: Readonly<Record<keyof MessageCost, number | null>>;
};

/** Grows stores to two sizes and says what one more message costs in each, turn by turn in one process. */
export async function measureGrowth(options: GrowthOptions): Promise<Growth> {
  const { store, spread, days, copies, rounds, onProgress = () => undefined } = options;
  const begin = await beginnings(options);
  await using opened = new AsyncDisposableStack();
  const large = opened.use(await begin(options.large, copies));
  const startedMs = performance.now();
  await grow(large, (learned, of) => onProgress(`learned ${learned} of ${of}`));
  const seconds = (performance.now() - startedMs) / 1000;

  const samples: { readonly small: Turn; readonly large: Turn }[] = [];
  const unwatched: MessageCost[] = [];
  let [smallBytes, smallShares] = [noBytes, noShares];
  const largeShares = sharesOf(pickOf(large), options.large.messages / days);
  for (let round = -1; round < rounds; round++) {
    // Anew each time, or what is measured would make it large.
    await using small = await begin(options.small, 1);
    await grow(small, () => undefined);
    smallBytes = await small.store.storedBytes();
    smallShares = sharesOf(pickOf(small), options.small.messages / days);
    const sample = {
      small: await takeTurn(small, smallShares, { ...options, round: 0 }),
      large: await takeTurn(large, largeShares, { ...options, round: round + 1 }),
    };
    const noted = await measured(large, perUnwatchedRound, () => noteUnwatched(large, round));
    if (round >= 0) samples.push(sample);
    if (round >= 0) unwatched.push(noted);
    onProgress(`measured ${round + 1} of ${rounds}`);
  }
  const largeBytes = await large.store.storedBytes();
  const stateCost = (
    state: 'small' | 'large',
    shares: StateCost['shares'],
    bytes: typeof noBytes,
  ): StateCost => ({
    ...options[state],
    shares,
    kinds: ofKinds((kind) => {
      const costs = samples.flatMap((sample) => sample[state].kinds[kind] ?? []);
      return costs.length === 0 ? null : ofCosts((name) => median(costs.map((cost) => cost[name])));
    }),
    cost: ofCosts((name) => median(samples.map((sample) => sample[state].cost[name]))),
    baselineBytesPerAlias: bytes.baselines / options[state].aliases,
    organizationBytes: bytes.organization,
  });
  return {
    ...{ store, spread, days, copies },
    small: stateCost('small', smallShares, smallBytes),
    large: {
      ...stateCost('large', largeShares, largeBytes),
      unwatched: ofCosts((name) => median(unwatched.map((cost) => cost[name]))),
      seconds,
      reopenMs: await large.store.reopenMs(),
      describeMs: await describeMs(large),
    },
    ratios: ofCosts((name) => {
      const ratios = samples.map((sample) => sample.large.cost[name] / sample.small.cost[name]);
      return ratios.every(Number.isFinite) ? median(ratios) : null;
    }),
  };
}

const noBytes = { baselines: 0, organization: 0 };
const noShares: StateCost['shares'] = { first: 0, later: 0, far: 0 };

async function beginnings({ store: kind, spread, days }: GrowthOptions) {
  const loaded = await loadRules('rules');
  if (!loaded.ok) throw new Error('the shipped rules do not load');
  const { causes, lists } = loaded.rules;
  const pseudonym = createPseudonym(Buffer.alloc(32, 1));
  return async (size: Size, copies: number): Promise<GrowingState & AsyncDisposable> => {
    const store = await openStoreUnderTest(kind, pseudonym);
    return {
      ...{ ...size, days, copies, store, causes },
      traffic: await createVendorTraffic({ lists, pseudonym }),
      pick: pickAlias(originalsOf({ ...size, copies }), spread, seeded(size.messages)),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  };
}

type Turn = Pick<StateCost, 'kinds' | 'cost'>;

/** Days that a small state may age by, which has few aliases to write the first message of one. */
const mostDaysOfTurn = 5;

async function takeTurn(
  state: GrowingState,
  shares: StateCost['shares'],
  { perRound, round, days }: Pick<GrowthOptions, 'perRound' | 'days'> & { readonly round: number },
): Promise<Turn> {
  const pick = pickOf(state);
  const mailOf = (aliases: readonly number[], day: number, hour: number) =>
    aliases.map((alias, index) =>
      state.traffic.next(alias, timeOf(day, hour / 24 + index / 1e6), alias % originalsOf(state)),
    );
  const costs: Partial<Record<Kind, MessageCost>> = {};
  const perDay = Math.min(perRound, state.aliases);
  let [day, writing] = [days + round, distinct(pick, perDay)];
  const firsts: VendorMail[] = mailOf(writing, day, 1);
  while (firsts.length < perRound && day - days - round < mostDaysOfTurn - 1) {
    writing = distinct(pick, perDay);
    firsts.push(...mailOf(writing, ++day, 1));
  }
  costs.first = await measured(state, firsts.length, () => learn(state, firsts));
  const today = new Set(writing);
  const again = Array.from({ length: perRound }, () => pickAmong(pick, today));
  const laters = mailOf(again, day, 2);
  costs.later = await measured(state, perRound, () => learn(state, laters));
  if (shares.far > 0) {
    const fars = mailOf(writing, day, 3);
    await using fresh = await state.store.open();
    costs.far = await measured(state, fars.length, () => learn(state, fars, fresh));
  }
  return {
    kinds: ofKinds((kind) => costs[kind] ?? null),
    cost: ofCosts((name) =>
      kinds.reduce((sum, kind) => sum + shares[kind] * (costs[kind]?.[name] ?? 0), 0),
    ),
  };
}

/** Any alias of a state, copies among them. */
function pickOf(state: GrowingState): PickAlias {
  const random = seeded(state.aliases);
  return () => state.pick() + originalsOf(state) * Math.floor(random() * state.copies);
}

function distinct(pick: PickAlias, count: number): readonly number[] {
  const found = new Set<number>();
  while (found.size < count) found.add(pick());
  return [...found];
}

function pickAmong(pick: PickAlias, among: ReadonlySet<number>): number {
  let alias = pick();
  while (!among.has(alias)) alias = pick();
  return alias;
}

const perUnwatchedRound = 2000;

/** Mail of as many senders as a site of that size has; what comes from one of them within a second is one touch. */
async function noteUnwatched({ store, days }: GrowingState, round: number): Promise<void> {
  const random = seeded(round + 2);
  for (let message = 0; message < perUnwatchedRound; message++) {
    const domain = `sender${Math.floor(20_000 * random() ** 2)}.example`;
    const sightings = { sender: domain, domains: [], correspondents: [domain], written: [] };
    store.organization.count({ day: days + round, ...sightings, carried: null });
  }
  await store.organization.flush();
}

async function measured(
  { store }: GrowingState,
  count: number,
  work: () => Promise<void>,
): Promise<MessageCost> {
  const before = await store.use();
  const [cpu, startedMs] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const taken = { cpuMs: (user + system) / 1000, wallMs: performance.now() - startedMs };
  const after = await store.use();
  return ofCosts(
    (name) =>
      (name === 'cpuMs' || name === 'wallMs' ? taken[name] : after[name] - before[name]) / count,
  );
}

async function describeMs({ store, aliases, days }: GrowingState): Promise<number> {
  const count = Math.min(aliases, 100);
  const startedMs = performance.now();
  for (let alias = 0; alias < count; alias++)
    await store.baselines.describe(`vendor-${alias}`, timeOf(days, 0.5));
  return (performance.now() - startedMs) / count;
}

const costNames = ['cpuMs', 'wallMs', 'serverCpuMs', 'commandBytes', 'replyBytes', 'commands', 'writtenBytes'] as const; // prettier-ignore

function ofCosts<Value>(
  value: (name: keyof MessageCost) => Value,
): Record<keyof MessageCost, Value> {
  return Object.fromEntries(costNames.map((name) => [name, value(name)])) as Record<
    keyof MessageCost,
    Value
  >;
}

function ofKinds<Value>(value: (kind: Kind) => Value): Record<Kind, Value> {
  return Object.fromEntries(kinds.map((kind) => [kind, value(kind)])) as Record<Kind, Value>;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
