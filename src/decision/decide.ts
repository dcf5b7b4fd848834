import type { Alias } from '../alias/alias.ts';
import type { Score } from '../score/score.ts';
import type { Decision, Verdict } from './decision.ts';
import type { Action, FailureCause, Mode, Policy } from './policy.ts';
import { reasonOf } from './reason.ts';

export type ScoredInput = { readonly score: Score; readonly alias: Alias; readonly policy: Policy };

/** Before an alias's history is looked at. */
type ScoredVerdict = Extract<Verdict, 'clean' | 'suspicious' | 'anomalous'>;

/** Turns a score into verdict and action under the policy's false-positive budgets (DESIGN 7, 10). */
export function decideScored({ score, alias, policy }: ScoredInput): Decision {
  const verdict = verdictOf(score, policy);
  const mature = isMature(score, policy);
  const wanted = verdict === 'clean' ? 'pass' : policy.actions[verdict];
  // Too little is known of the alias for more than a tag.
  const action = mature || alias.pack !== null || wanted === 'pass' ? wanted : 'tag';
  const settled = verdict === 'clean' && !mature ? 'learning' : verdict;
  return {
    verdict: settled,
    action,
    effectiveAction: applyMode(action, policy.mode),
    reason: verdict === 'clean' ? '' : reasonOf(score),
    learnFeatures: verdict === 'clean', // an operator who lets disputed mail pass does not vouch for it
    learnScore: true,
    failure: null,
  };
}

/** Enough matured history for the alias's own baseline to hold mail. */
export function isMature(score: Score, policy: Policy): boolean {
  return score.messages >= policy.quarantine.minMessages && score.days >= policy.quarantine.minDays;
}

function verdictOf(score: Score, { tag, quarantine }: Policy): ScoredVerdict {
  if (score.bits >= quarantine.floorBits && score.pValue <= quarantine.budget) return 'anomalous';
  if (score.bits >= tag.floorBits && score.pValue <= tag.budget) return 'suspicious';
  return 'clean';
}

/** Mail of nobody's alias: authenticated, not scored, never learned. */
export function decideUnwatched(): Decision {
  return plain('unwatched', 'pass', '');
}

/** Mail that claims an alias it is not authenticated as. */
export function decideClaim(
  kind: 'impersonation' | 'unverified',
  why: string,
  policy: Policy,
): Decision {
  const action = kind === 'impersonation' ? policy.impersonation.action : 'pass';
  return { ...plain(kind, action, why), effectiveAction: applyMode(action, policy.mode) };
}

/** Failures that a sender can bring about: malformed mail must not be a way around us. */
const senderMade: ReadonlySet<FailureCause> = new Set(['malformed', 'limit']);

/** Something we depend on failed: mail goes on, or the client keeps it (DESIGN 9). */
export function decideUnavailable(
  failure: FailureCause,
  { policy, isAlias }: { readonly policy: Policy; readonly isAlias: boolean },
): Decision {
  const isSuspect = isAlias && senderMade.has(failure);
  const action = policy.failOpen[failure] === 'defer' ? 'defer' : isSuspect ? 'tag' : 'pass';
  const reason = isSuspect
    ? 'the message cannot be read, so it cannot be compared with what this alias sends'
    : '';
  const effectiveAction = action === 'defer' ? action : applyMode(action, policy.mode);
  return { ...plain('unavailable', action, reason), effectiveAction, failure };
}

function plain(verdict: Verdict, action: Action, reason: string): Decision {
  return {
    verdict,
    action,
    effectiveAction: action,
    reason,
    learnFeatures: false,
    learnScore: false,
    failure: null,
  };
}

/** `shadow` does nothing, `tag` at most tags, `enforce` does what was decided. */
function applyMode(action: Action, mode: Mode): Action {
  if (mode === 'shadow') return 'pass';
  if (mode === 'tag' && action !== 'pass') return 'tag';
  return action;
}
