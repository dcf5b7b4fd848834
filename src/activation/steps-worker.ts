import { parentPort, workerData } from 'node:worker_threads';
import { loadRules, loadRulesFrom } from '../config/load-rules.ts';
import type { RuleFiles } from '../config/rule-source.ts';
import { prepareActivation, type StepsPassed } from './activation-step.ts';
import { activationStepsOf } from './activation-steps.ts';

/** What the thread is to hold against what. */
export type StepsTask = {
  readonly directory: string;
  readonly stateDir: string;
  /** Version that the directory has to hold. */
  readonly version: string;
  /** Files of what is in force; null where nothing is. */
  readonly active: RuleFiles | null;
};

/** Runs the steps in a thread of its own: they take seconds, and mail goes on. */
async function run({ directory, stateDir, version, active }: StepsTask): Promise<StepsPassed> {
  const loading = await loadRules(directory);
  if (!loading.ok || loading.rules.version !== version)
    throw new Error(`${directory} changed while it was tested`);
  // A Buffer arrives as a plain array of bytes.
  const files = active && new Map([...active].map(([name, bytes]) => [name, Buffer.from(bytes)]));
  const inForce = files === null ? null : await loadRulesFrom(files);
  const against = inForce?.ok === true ? inForce.rules : null;
  const steps = activationStepsOf({ directory, stateDir });
  return prepareActivation({ rules: loading.rules, active: against }, steps);
}

parentPort?.postMessage(await run(workerData as StepsTask));
