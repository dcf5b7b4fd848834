import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ActiveRules } from '../dependencies.ts';
import type { Pseudonym } from '../features/hash.ts';
import { hideRules } from '../vectors/hide-rules.ts';
import { readWithOf } from '../vectors/read-with.ts';
import { openVectorsFile } from '../vectors/vectors-file.ts';
import {
  resultOf,
  type BacktestInput,
  type BacktestResult,
  type ScoredCounts,
} from './backtest.ts';
import type { BacktestPart, PartMessage, SentRules } from './backtest-worker.ts';
import { joinTallies, type Tally } from './tally.ts';

export type BacktestFile = Pick<BacktestInput, 'inForce' | 'candidate' | 'pseudonym'> & {
  /** File of kept mail (`vectorsFileName` in the state directory). */
  readonly path: string;
  /** First day of the window (day number); all that is kept where absent. */
  readonly since?: number;
  /** All aliases where absent. */
  readonly aliases?: readonly string[] | null;
  /** Ends the threads; the promise rejects. */
  readonly signal?: AbortSignal;
  /** Told of the number of messages, and then of each so many that are done. */
  readonly onStart?: (messages: number) => void;
  readonly onDone?: (messages: number) => void;
};

/** Fewer messages are not worth another thread. */
const leastPerThread = 400;
const mostThreads = 8;

/** What a message leaves behind is garbage at once; with the 16 MB of a thread it is swept all the time. */
const youngMegabytes = 64;

/**
 * Holds the kept mail of one gateway against two sets of rules, on as many threads as there are processors.
 * @throws Error in one sentence when the file cannot be read.
 */
export async function backtestFile(given: BacktestFile): Promise<BacktestResult> {
  const { path, inForce, candidate, pseudonym } = given;
  const { rows, counts } = drawFrom(given);
  given.onStart?.(rows.length);
  const rules = {
    readWith: readWithOf(inForce.lists),
    inForce: sentRules(inForce, pseudonym),
    candidate: sentRules(candidate, pseudonym),
  };
  const threads = Math.min(
    mostThreads,
    availableParallelism(),
    Math.ceil(rows.length / leastPerThread),
  );
  // Rows are in the order of aliases: neighbours share what is stored once.
  const size = Math.ceil(rows.length / Math.max(1, threads));
  const parts = Array.from({ length: threads }, (_, index) => ({
    path,
    rows: rows.slice(index * size, (index + 1) * size),
    ...rules,
  }));
  const tallies = await Promise.all(parts.map((part) => tallyPart(part, given)));
  return resultOf(joinTallies(tallies), { counts, inForce, candidate });
}

function drawFrom({ path, inForce, since = 0, aliases = null }: BacktestFile): {
  readonly rows: readonly number[];
  readonly counts: ScoredCounts;
} {
  using file = openVectorsFile(path, { readOnly: true, timeoutMs: 5000 });
  const { perAlias } = inForce.policy.backtest;
  const counts = new Map<string, { passed: number; held: number }>();
  for (const { alias, isHeld, messages } of file.scored({ since, aliases })) {
    const own = counts.get(alias) ?? { passed: 0, held: 0 };
    own[isHeld ? 'held' : 'passed'] += messages;
    counts.set(alias, own);
  }
  return { rows: file.select({ since, aliases, perAlias }), counts };
}

function sentRules(active: ActiveRules, pseudonym: Pseudonym): SentRules {
  const { version, causes, policy, aliases } = hideRules(active, pseudonym);
  const files = active.conditions.length === 0 ? null : active.files;
  return { version, causes, policy, aliases, files };
}

function tallyPart(
  part: BacktestPart,
  { signal, onDone }: Pick<BacktestFile, 'signal' | 'onDone'>,
): Promise<Tally> {
  const worker = new Worker(
    new URL(import.meta.url.replace(/backtest-file(\.\w+)$/, 'backtest-worker$1')),
    { workerData: part, env: {}, resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } },
  );
  const { promise, resolve, reject } = Promise.withResolvers<Tally>();
  worker.on('message', (message: PartMessage) => {
    if ('tally' in message) resolve(message.tally);
    else onDone?.(message.done);
  });
  worker.on('error', reject);
  worker.on('exit', () => reject(new Error('a thread of the backtest ended before it was done')));
  const stop = () => {
    reject(new Error('the backtest was interrupted'));
    void worker.terminate();
  };
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => {
    signal?.removeEventListener('abort', stop);
    void worker.terminate();
  });
}
