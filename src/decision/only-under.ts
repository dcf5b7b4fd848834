import { atMostTag } from './apply-mode.ts';
import type { Decision, OnlyUnder } from './decision.ts';
import { gravity } from './limits.ts';

/**
 * What rules that came into force lately do to a message and the set before them would not have; null where the two do
 * the same. Both decisions are those of their rules alone: no breaker has overruled them.
 */
export function onlyUnder(decision: Decision, before: Decision, ruleset: string): OnlyUnder | null {
  const isHeldOnly = isKept(decision) && !isKept(before);
  // The action, not what the mode makes of it: a set that begins to enforce flags nothing new.
  const isGraverOnly = gravity[decision.action] > gravity[before.action];
  return isHeldOnly || isGraverOnly ? { ruleset, isHeldOnly, isGraverOnly } : null;
}

/** Version of the rules without which a message would have gone to its recipients, or ''. */
export function heldOnlyUnder({ onlyUnder: only }: Decision): string {
  return only?.isHeldOnly === true ? only.ruleset : '';
}

function isKept({ effectiveAction }: Decision): boolean {
  return atMostTag(effectiveAction) !== effectiveAction;
}
