import type { RuleSet } from '../config/rule-set.ts';

/** What a set has to pass before it is in force, in this order. */
export const activationSteps = ['check', 'test', 'backtest'] as const;
export type ActivationStepName = (typeof activationSteps)[number];

export type StepOutcome = {
  readonly ok: boolean;
  /** What was found, in one sentence. */
  readonly summary: string;
  /** Why it is refused, a few lines each; empty where it is not. */
  readonly problems: readonly string[];
};

export type ActivationStep = {
  readonly name: ActivationStepName;
  /** `active` is what is in force now; null at the first activation. */
  readonly run: (candidate: RuleSet, active: RuleSet | null) => Promise<StepOutcome>;
};

export type Refusal = {
  readonly step: ActivationStepName;
  readonly problems: readonly string[];
};

export type StepsPassed = {
  /** A sentence for each step. */
  readonly summaries: readonly string[];
  /** Steps that refused the set; empty where all passed. */
  readonly refusals: readonly Refusal[];
};

/** Runs all steps one after the other, also after one has refused: an operator wants to see everything. */
export async function prepareActivation(
  { rules, active }: { readonly rules: RuleSet; readonly active: RuleSet | null },
  steps: readonly ActivationStep[],
): Promise<StepsPassed> {
  const summaries: string[] = [];
  const refusals: Refusal[] = [];
  for (const { name, run } of steps) {
    const { ok, summary, problems } = await run(rules, active).catch(
      (error: unknown): StepOutcome => ({
        ok: false,
        summary: 'could not be run',
        problems: [error instanceof Error ? error.message : String(error)],
      }),
    );
    summaries.push(`${name}: ${summary}`);
    if (!ok) refusals.push({ step: name, problems });
  }
  return { summaries, refusals };
}
