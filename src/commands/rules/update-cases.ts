import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { editExpectations, type ExpectationChange } from '../../rule-tests/edit-expectations.ts';
import type { RuleTestFailure } from '../../rule-tests/run-rule-tests.ts';
import { updatedExpectation } from '../../rule-tests/updated-expectation.ts';
import { unifiedFileDiff } from '../../unified-diff.ts';
import { CommandFailure } from '../command.ts';
import { replaceFile } from './replace-file.ts';

/** One file of cases as it is and as it would be. */
export type CaseFileUpdate = {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** Unified. */
  readonly diff: string;
};

/** What an update cannot mend: who a message is from, what its history is, and cases that were not judged. */
export function isMendable({ outcome, differences }: RuleTestFailure): boolean {
  return (
    outcome !== null && differences.every(({ what }) => what !== 'alias' && what !== 'baseline')
  );
}

/**
 * The files whose expectations would change for these cases to pass; nothing is written.
 * @throws CommandFailure for a file that changed while its cases ran.
 */
export async function updatesFor(
  failed: readonly RuleTestFailure[],
): Promise<readonly CaseFileUpdate[]> {
  const byFile = Map.groupBy(failed.filter(isMendable), ({ test }) => test.file);
  const updates: CaseFileUpdate[] = [];
  for (const [file, failures] of byFile) {
    const before = await readFile(file, 'utf8');
    if (failures.some(({ test }) => nameAt(before, test.index) !== test.name))
      throw new CommandFailure(`${file} was changed while its cases ran; run them again`);
    const after = editExpectations(before, failures.flatMap(changeOf));
    updates.push({ file, before, after, diff: unifiedFileDiff(file, before, after) });
  }
  return updates.filter(({ diff }) => diff !== '');
}

function changeOf({ test, outcome }: RuleTestFailure): readonly ExpectationChange[] {
  if (outcome === null) return [];
  const { index, expect: before } = test;
  return [{ index, before, after: updatedExpectation(before, outcome) }];
}

function nameAt(text: string, index: number): unknown {
  const { cases } = parse(text) as { readonly cases: readonly { readonly name?: unknown }[] };
  return cases[index]?.name;
}

/** Writes each; those before one that fails stay written. */
export async function writeUpdates(updates: readonly CaseFileUpdate[]): Promise<void> {
  for (const { file, after } of updates) await replaceFile(file, after);
}
