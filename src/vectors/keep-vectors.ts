import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Analysis } from '../analysis.ts';
import { dayOf } from '../baseline/ledger.ts';
import type { BacktestPolicy } from '../decision/policy.ts';
import type { ActiveRules } from '../dependencies.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { neverThrowing } from '../observability/never-throwing.ts';
import { oncePerObject } from '../once-per.ts';
import { readWithOf } from './read-with.ts';
import { countScored, countsTogether, drawOf } from './scored-counts.ts';
import { rowOf, type Waiting } from './vector-row.ts';
import type { Scored, VectorRow, VectorsFile } from './vectors-file.ts';

/** A message that the pipeline is done with, and the rules (with the policy for its recipients) that it was scored under. */
export type ScoredToKeep = {
  readonly transaction: Pick<Transaction, 'id' | 'receivedAt' | 'envelope'>;
  readonly analysis: Pick<Analysis, 'alias' | 'appraised' | 'score' | 'decision' | 'policy'>;
  readonly rules: ActiveRules;
};

export type VectorEvents = {
  /** So many are kept in all. */
  readonly onKept: (total: number) => void;
  /** So many could not be kept, or 0 where only older ones could not be dropped; mail is not affected. */
  readonly onLost: (messages: number, error: unknown) => void;
};

/** Keeps scored mail so that other rules can be tried on it. Disposing writes what is waiting. */
export type VectorKeeper = AsyncDisposable & {
  /** Takes note, in memory; written within about a second. Never throws. */
  readonly keep: (scored: ScoredToKeep) => void;
  /** Writes what has been noted so far. */
  readonly flush: () => Promise<void>;
};

export type VectorKeeperOptions = {
  readonly file: VectorsFile;
  readonly pseudonym: Pseudonym;
  readonly events: VectorEvents;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly now: () => Date;
};

const batch = { waitMs: 1000, messages: 100 };
/** Analysed messages are large: of more in one second the rest is counted only. */
const mostWaiting = 500;
/** Messages packed before others have their turn on this thread. */
const packedAtOnce = 4;
/** An alias is thinned after so many, and once after a start. */
const thinEvery = 64;
const expireEveryMs = 600_000;

type Draw = { readonly day: number; readonly least: number; added: number };

/** Beside the message path: what cannot be written is an event, never a delay. */
export function createVectorKeeper(options: VectorKeeperOptions): VectorKeeper {
  const { file, random, now } = options;
  const onKept = neverThrowing(options.events.onKept);
  const onLost = neverThrowing(options.events.onLost);
  // Lists are read with for weeks, and hashing them takes a moment.
  const readWith = oncePerObject(readWithOf);
  const draws = new Map<string, Draw>();
  let waiting: Waiting[] = [];
  let counts = new Map<string, Scored>();
  let lost = 0;
  let timer: NodeJS.Timeout | null = null;
  let underWay: Promise<void> = Promise.resolve();
  let expiredAtMs = -Infinity;

  const isDrawn = (scored: ScoredToKeep, key: number): boolean => {
    const draw = draws.get(drawOf(scored));
    return draw?.day !== dayOf(scored.transaction.receivedAt) || key >= draw.least;
  };
  const pack = async (messages: readonly Waiting[]) => {
    const rows: VectorRow[] = [];
    const shared = new Map<string, Uint8Array>();
    let merged = 0;
    for (const [index, message] of messages.entries()) {
      const row = rowOf(message, options.pseudonym, readWith(message.rules.lists));
      if (row === null) {
        merged += 1;
        continue;
      }
      for (const { id, body } of row.parts) shared.set(id, body);
      rows.push(row.row);
      if (index % packedAtOnce === packedAtOnce - 1) await yieldToOthers();
    }
    return { rows, shared, merged };
  };
  const thin = (rows: readonly VectorRow[], { perAlias }: BacktestPolicy): void => {
    for (const { alias, isHeld, day } of rows) {
      const name = `${alias} ${isHeld}`;
      const draw = draws.get(name);
      if (draw?.day === day && ++draw.added < thinEvery) continue;
      const least = file.thin(alias, isHeld, { perAlias, day });
      draws.set(name, { day, least, added: 0 });
    }
  };
  const expire = ({ days }: BacktestPolicy): void => {
    if (now().getTime() - expiredAtMs < expireEveryMs) return;
    expiredAtMs = now().getTime();
    file.expire(dayOf(now()) - days + 1);
    onKept(file.count());
  };
  /** Rows that were added, or null. */
  const add = async (messages: readonly Waiting[]): Promise<readonly VectorRow[] | null> => {
    const scored = counts;
    counts = new Map();
    try {
      const { rows, shared, merged } = await pack(messages);
      file.add({ rows, shared, scored: [...scored.values()] });
      if (merged > 0) onLost(merged, new Error('two values of a message have one hash'));
      return rows;
    } catch (error) {
      // The messages are lost, but shares are of all that were scored: the next write counts them.
      counts = countsTogether(scored, counts);
      onLost(messages.length, error);
      return null;
    }
  };
  const tidy = (rows: readonly VectorRow[], policy: BacktestPolicy): void => {
    try {
      thin(rows, policy);
      expire(policy);
    } catch (error) {
      onLost(0, error); // What the draw does not need goes with a later batch.
    }
  };
  const write = async (): Promise<void> => {
    const [messages, missed] = [waiting, lost];
    const last = messages.at(-1);
    waiting = [];
    lost = 0;
    if (missed > 0) onLost(missed, new Error('more came than could be kept'));
    if (counts.size === 0) return;
    const rows = await add(messages);
    if (rows !== null && last !== undefined) tidy(rows, last.rules.policy.backtest);
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    underWay = underWay.then(write);
    return underWay;
  };
  return {
    keep: (scored) => {
      if (scored.analysis.score === null || scored.rules.policy.backtest.perAlias === 0) return;
      countScored(counts, scored);
      const key = random();
      if (isDrawn(scored, key)) {
        if (waiting.length >= mostWaiting) lost += 1;
        else waiting.push({ ...withoutContent(scored), key });
      }
      if (waiting.length === batch.messages) void flush();
      else timer ??= setTimeout(() => void flush(), batch.waitMs).unref();
    },
    flush,
    [Symbol.asyncDispose]: flush,
  };
}

/** What waits must not keep the message itself in memory. */
function withoutContent({ transaction, analysis, rules }: ScoredToKeep): ScoredToKeep {
  const { id, receivedAt, envelope } = transaction;
  const { alias, appraised, score, decision, policy } = analysis;
  return {
    transaction: { id, receivedAt, envelope },
    analysis: {
      alias,
      score,
      decision,
      policy,
      ...(appraised && {
        appraised: { ...appraised, message: { ...appraised.message, content: null } },
      }),
    },
    rules,
  };
}
