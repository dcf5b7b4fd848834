import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { activate } from '../activate-rules.ts';
import { backtestFile } from '../backtest/backtest-file.ts';
import { gateOf } from '../backtest/gate.ts';
import type { RuleSet } from '../config/rule-set.ts';
import { createPseudonym } from '../features/hash.ts';
import { loadPseudonymKey } from '../pseudonym-key.ts';
import { vectorsFileName } from '../vectors/vectors-file.ts';
import type { StepOutcome } from './activation-step.ts';

export type ToBacktest = {
  readonly candidate: RuleSet;
  readonly active: RuleSet | null;
  readonly signal: AbortSignal | undefined;
};

/** Holds the mail that this gateway keeps against both sets; the limits are those of the set in force. */
export async function backtestStep(
  stateDir: string,
  { candidate, active, signal }: ToBacktest,
): Promise<StepOutcome> {
  const path = join(stateDir, vectorsFileName);
  if (active === null || !existsSync(path))
    return { ok: true, summary: 'no mail is kept here to hold against', problems: [] };
  const result = await backtestFile({
    path,
    inForce: activate(active, { mode: null }),
    candidate: activate(candidate, { mode: null }),
    pseudonym: createPseudonym(await loadPseudonymKey(stateDir)),
    ...(signal === undefined ? {} : { signal }),
  });
  const { passes, reasons, shares } = gateOf(result, active.policy.activation.gate);
  const would = `${percent(shares.newlyHeld)} newly held, ${percent(shares.newlyTagged)} newly tagged of ${result.scored} messages (${result.kept} kept)`;
  return passes
    ? { ok: true, summary: [would, ...reasons].join('; '), problems: [] }
    : { ok: false, summary: would, problems: reasons };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
