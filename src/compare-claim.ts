import type { Compared } from './alerts/watch-rulesets.ts';
import { atMostTag } from './decision/apply-mode.ts';
import type { Decision } from './decision/decision.ts';
import { onlyUnder } from './decision/only-under.ts';
import type { ActiveRules } from './dependencies.ts';
import { decideBefore, type SeenBefore } from './judge-before.ts';

/**
 * Mail that claims an alias under rules that are new, beside what the set before makes of it. Claims by one author are
 * one attack; where the author that the message names is watched itself nothing tells one from others, and each counts.
 */
export function compareClaim(
  alone: Decision,
  seen: Omit<SeenBefore, 'toAppraise'>,
  { rules, before }: { readonly rules: ActiveRules; readonly before: ActiveRules },
): Compared {
  const told = { previous: before.version, gate: before.policy.activation.gate };
  if (alone.action === 'pass') return { ...told, keys: [], only: null, isHeld: false };
  const { decision: then } = decideBefore({ ...seen, toAppraise: null }, before);
  return {
    ...told,
    keys: seen.header.from
      .filter(({ address }) => rules.catalogue.find(address) === null)
      .map(({ address }) => `author ${address.toLowerCase()}`),
    only: onlyUnder(alone, then, rules.version),
    isHeld: atMostTag(alone.action) !== alone.action,
  };
}
