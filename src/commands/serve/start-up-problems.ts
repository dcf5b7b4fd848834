import type { SettingProblem, SettingRest } from '../../config/load-settings.ts';
import { addressChecks } from './check-addresses.ts';
import { fileChecks } from './check-files.ts';
import { placeChecks } from './check-places.ts';
import { workerChecks } from './check-workers.ts';
import type { StartUpCheck } from './start-up-check.ts';

const checks: readonly StartUpCheck[] = [
  ...addressChecks,
  ...fileChecks,
  ...placeChecks,
  ...workerChecks,
];

/**
 * All that would keep `serve` from working with these settings, beside what is wrong with the settings as such. Nothing
 * is written, and a check that rests on a faulty setting is left out. A store over the network is none of it: mail does
 * not wait for it (see start-up-warnings.ts).
 */
export async function findStartUpProblems({
  settings,
  faulty,
}: SettingRest): Promise<readonly SettingProblem[]> {
  const problems: SettingProblem[] = [];
  for (const { reads, find } of checks)
    if (!reads.some((key) => faulty.has(key))) problems.push(...(await find(settings)));
  return problems;
}
