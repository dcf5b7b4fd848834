import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Alias } from './alias/alias.ts';
import { historyOf } from './baseline/history.ts';
import { dayOf } from './baseline/ledger.ts';
import type { BaselineStore } from './baseline/store.ts';
import type { ActiveRules } from './dependencies.ts';
import { signalIds } from './features/signals.ts';
import type { Events } from './observability/events.ts';
import { pause } from './pause.ts';
import { baselineFacts } from './baseline-facts.ts';
import type { BaselineFacts } from './observability/baseline-metrics.ts';
import { readLedgers } from './pooled-ledgers.ts';
import {
  fitSignal,
  pooledPriors,
  talliesOf,
  type AliasTallies,
  type SignalFit,
} from './score/fit-priors.ts';
import {
  handedOn,
  inheritedValues,
  type InheritedValues,
  type Sibling,
} from './score/inherited-values.ts';

/** What all aliases of this site together say to one that is young. Disposing ends the reading. */
export type PooledKnowledge = AsyncDisposable & {
  /** The rules with the priors fitted here, where `policy.yaml` wants them. */
  readonly withPriors: (rules: ActiveRules) => ActiveRules;
  /** What an alias takes over from others of its vendor. */
  readonly inheritedBy: (alias: Alias) => InheritedValues;
};

export type PooledKnowledgeOptions = {
  readonly store: Pick<BaselineStore, 'aliases' | 'describe'>;
  readonly rules: () => ActiveRules;
  readonly events: Pick<Events, 'baselinesRead' | 'priorsFitted' | 'priorFitFailed'>;
  readonly now: () => Date;
  readonly firstAfterMs?: number;
  readonly everyMs?: number;
};

const nothing: InheritedValues = new Set();
const mostAliases = 500;
const usualTimes = { firstAfterMs: 10_000, everyMs: 4 * 3_600_000 };

type Pool = {
  readonly fits: readonly SignalFit[];
  readonly inherited: ReadonlyMap<string, InheritedValues>;
};

/**
 * Reads the ledgers of all aliases now and then, beside the path of mail. Until the first reading is over, and while the
 * store is down, what was known before holds.
 */
export function poolInBackground({
  store,
  rules,
  events,
  now,
  firstAfterMs = usualTimes.firstAfterMs,
  everyMs = usualTimes.everyMs,
}: PooledKnowledgeOptions): PooledKnowledge {
  const stopping = new AbortController();
  const { signal } = stopping;
  let pool: Pool = { fits: [], inherited: new Map() };
  // A candidate may be in use beside the rules in force.
  let applied = new WeakMap<ActiveRules, ActiveRules>();
  const readings = (async () => {
    for (let waitMs = firstAfterMs; await pause(waitMs, signal); waitMs = everyMs) {
      try {
        const at = now();
        const read = await readPool(store, { rules: rules(), at, signal });
        pool = read.pool;
        applied = new WeakMap();
        events.priorsFitted(read.baselines.length, at);
        events.baselinesRead(read.baselines);
      } catch (error) {
        if (!isAborted(signal)) events.priorFitFailed(error);
      }
    }
  })();
  return {
    withPriors: (active) => {
      const known = applied.get(active) ?? withPriors(active, pool);
      applied.set(active, known);
      return known;
    },
    inheritedBy: ({ id }) => pool.inherited.get(id) ?? nothing,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await readings;
    },
  };
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function withPriors(rules: ActiveRules, { fits }: Pool): ActiveRules {
  if (!rules.policy.learning.pooledPriors || fits.length === 0) return rules;
  const signals = pooledPriors(rules.causes.signals, fits);
  return { ...rules, causes: { ...rules.causes, signals }, fits };
}

type Reading = {
  readonly rules: ActiveRules;
  readonly at: Date;
  readonly signal: AbortSignal;
};

async function readPool(
  store: PooledKnowledgeOptions['store'],
  { rules, at, signal }: Reading,
): Promise<{ readonly pool: Pool; readonly baselines: readonly BaselineFacts[] }> {
  const vendors = new Map(rules.catalogue.aliases.map(({ id, vendor }) => [id, vendor]));
  const tallies: AliasTallies[] = [];
  const siblings: Sibling[] = [];
  const baselines: BaselineFacts[] = [];
  for await (const ledger of readLedgers(store, { at, mostAliases, signal })) {
    const { alias, snapshot, values } = ledger;
    const vendor = vendors.get(alias);
    // What nobody watches any more says nothing of those that are.
    if (vendor === undefined) continue;
    tallies.push(talliesOf(historyOf(snapshot)));
    baselines.push(baselineFacts(ledger, rules.policy));
    siblings.push({ alias, vendor, handedOn: handedOn(values, dayOf(at)) });
  }
  const fits: SignalFit[] = [];
  for (const id of signalIds) {
    fits.push(fitSignal(id, tallies));
    await yieldToOthers(undefined, { signal });
  }
  return { pool: { fits, inherited: inheritedValues(siblings) }, baselines };
}
