import { parentPort, workerData } from 'node:worker_threads';
import type { HiddenRules } from '../vectors/hide-rules.ts';
import { readVectors } from '../vectors/read-vectors.ts';
import { openVectorsFile } from '../vectors/vectors-file.ts';
import { comparison } from './backtest.ts';
import { startTally, type Tally } from './tally.ts';

/** One part of a backtest, on a thread of its own. */
export type BacktestPart = {
  readonly path: string;
  readonly rows: readonly number[];
  readonly inForce: HiddenRules;
  readonly candidate: HiddenRules;
};

/** A number of messages that are done, and at the end what was found. */
export type PartMessage = { readonly done: number } | { readonly tally: Tally };

const reportEvery = 500;

const { path, rows, ...rules } = workerData as BacktestPart;
using file = openVectorsFile(path, { readOnly: true, timeoutMs: 5000 });
const compare = comparison(rules);
const tallying = startTally();
const report = (message: PartMessage) => parentPort?.postMessage(message);
let done = 0;
for (const message of readVectors(file, rows)) {
  tallying.add(message, ...compare(message));
  done += 1;
  if (done % reportEvery === 0) report({ done: reportEvery });
}
report({ done: done % reportEvery });
report({ tally: tallying.tally() });
