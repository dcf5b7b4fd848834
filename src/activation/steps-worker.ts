import { parentPort, workerData } from 'node:worker_threads';
import { loadRules, loadRulesFrom } from '../config/load-rules.ts';
import type { RuleFiles } from '../config/rule-source.ts';
import {
  prepareActivation,
  type ActivationStep,
  type ActivationStepName,
  type StepsPassed,
} from './activation-step.ts';
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

/** What the thread says; `changed` and `passed` are its last word. */
export type StepsNews =
  | { readonly kind: 'running'; readonly step: ActivationStepName }
  | { readonly kind: 'changed' }
  | { readonly kind: 'passed'; readonly passed: StepsPassed };

const say = (news: StepsNews) => parentPort?.postMessage(news);

/** Runs the steps in a thread of its own: they take seconds, and mail goes on. */
async function run({ directory, stateDir, version, active }: StepsTask): Promise<StepsNews> {
  say({ kind: 'running', step: 'check' });
  const loading = await loadRules(directory);
  if (!loading.ok || loading.rules.version !== version) return { kind: 'changed' };
  // A Buffer arrives as a plain array of bytes.
  const files = active && new Map([...active].map(([name, bytes]) => [name, Buffer.from(bytes)]));
  const inForce = files === null ? null : await loadRulesFrom(files);
  if (inForce?.ok === false) throw new Error('the rules in force cannot be used here');
  const steps = activationStepsOf({ directory, stateDir }).map(told);
  const toPrepare = { rules: loading.rules, active: inForce?.rules ?? null };
  return { kind: 'passed', passed: await prepareActivation(toPrepare, steps) };
}

function told({ name, run: runStep }: ActivationStep): ActivationStep {
  return {
    name,
    run: (candidate, active) => {
      say({ kind: 'running', step: name });
      return runStep(candidate, active);
    },
  };
}

say(await run(workerData as StepsTask));
