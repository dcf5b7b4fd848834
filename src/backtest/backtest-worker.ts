import { parentPort, workerData } from 'node:worker_threads';
import { formatProblem } from '../config/rule-problem.ts';
import type { Lists } from '../features/lists.ts';
import type { HiddenRules } from '../vectors/hide-rules.ts';
import { readVectors } from '../vectors/read-vectors.ts';
import { openVectorsFile } from '../vectors/vectors-file.ts';
import { comparison } from './backtest.ts';
import { startTally, type Tally } from './tally.ts';

/** One part of a backtest, on a thread of its own. */
export type BacktestPart = {
  readonly path: string;
  readonly rows: readonly number[];
  /** Names the lists of the rules in force (`readWithOf`). */
  readonly readWith: string;
  readonly inForce: SentRules;
  readonly candidate: SentRules;
};

/** Compiled conditions cannot be sent: where there are any, the set comes as files and compiles them again. */
export type SentRules = Omit<HiddenRules, 'conditions' | 'lists'> & {
  readonly files: ReadonlyMap<string, Uint8Array> | null;
};

/** A number of messages that are done, and at the end what was found. */
export type PartMessage = { readonly done: number } | { readonly tally: Tally };

const reportEvery = 500;

/** Conditions alone ask for lists. */
const noLists: Lists = {
  freeHosting: new Set(),
  urlShorteners: new Set(),
  freeMail: new Set(),
  cheapTopLevelDomains: new Set(),
  lureWords: new Map(),
  commonWords: new Map(),
  brands: new Map(),
  deskWords: new Set(),
  popularDomains: new Set(),
  ourActors: new Map(),
  sets: new Map(),
};

const { path, rows, readWith, ...sent } = workerData as BacktestPart;
using file = openVectorsFile(path, { readOnly: true, timeoutMs: 5000 });
const compare = comparison({
  inForce: await received(sent.inForce),
  candidate: await received(sent.candidate),
});
const tallying = startTally(readWith);
const report = (message: PartMessage) => parentPort?.postMessage(message);
let done = 0;
for (const message of readVectors(file, rows)) {
  tallying.add(message, compare(message));
  done += 1;
  if (done % reportEvery === 0) report({ done: reportEvery });
}
report({ done: done % reportEvery });
report({ tally: tallying.tally() });

async function received({ files, ...rules }: SentRules): Promise<HiddenRules> {
  if (files === null) return { ...rules, conditions: [], lists: noLists };
  const bytes = new Map([...files].map(([name, content]) => [name, Buffer.from(content)]));
  // Most sets have none, and reading YAML takes longer to load than a small backtest.
  const { loadRulesFrom } = await import('../config/load-rules.ts');
  const loading = await loadRulesFrom(bytes);
  if (!loading.ok) throw new Error(loading.problems.map(formatProblem).join('\n'));
  const { conditions, lists } = loading.rules;
  return { ...rules, conditions, lists };
}
