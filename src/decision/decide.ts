import type { Alias, MailFunction } from '../alias/alias.ts';
import type { Score } from '../score/score.ts';
import { applyMode } from './apply-mode.ts';
import type { Decision, Verdict } from './decision.ts';
import { gravity } from './limits.ts';
import type { Action, FailureCause, Maturity, Policy } from './policy.ts';
import { reasonOf } from './reason.ts';
import { hasContactPoint, leadsAway } from './telling-evidence.ts';

export type ScoredInput = {
  readonly score: Score;
  readonly alias: Alias;
  readonly policy: Policy;
  /** What the message is for (`templateFunctionOf`), or null. */
  readonly purpose: MailFunction | null;
};

/** Before an alias's history is looked at. */
type ScoredVerdict = Extract<Verdict, 'clean' | 'suspicious' | 'anomalous'>;

/** Turns a score into verdict and action under the policy's false-positive budgets (DESIGN 7, 10). */
export function decideScored(input: ScoredInput): Decision {
  const { score, policy } = input;
  const verdict = verdictOf(score, policy);
  const action = verdict === 'clean' ? 'pass' : allowed(policy.actions[verdict], input);
  const settled = verdict === 'clean' && !isMature(score, policy) ? 'learning' : verdict;
  return {
    ...plain(settled, action, verdict === 'clean' ? '' : reasonOf(score)),
    effectiveAction: applyMode(action, policy.mode),
    learnFeatures: verdict === 'clean', // an operator who lets disputed mail pass does not vouch for it
    learnPending: true,
  };
}

/** Whether a decision says of a scored message that it does not fit its alias. */
export function isFlagged({ verdict }: Decision): boolean {
  return verdict === 'suspicious' || verdict === 'anomalous';
}

/** Not everything that may be tagged may also be kept from its recipient. */
export function allowed(wanted: Action, { score, alias, policy, purpose }: ScoredInput): Action {
  if (gravity[wanted] <= gravity.tag) return wanted;
  // Too little is known of the alias for more than a tag.
  if (alias.pack === null && !isMature(score, policy)) return 'tag';
  // Nobody can sign in without the code, and a code alone leads nowhere: only what leads the reader away is worth that.
  return purpose === 'otp' && !leadsAway(score) ? 'tag' : wanted;
}

/** Enough matured history for the alias's own baseline to hold mail that scores like this. */
export function isMature(score: Score, { quarantine }: Policy): boolean {
  return (
    suffices(score, quarantine) ||
    (hasContactPoint(score) && suffices(score, quarantine.contactPoint))
  );
}

/** Whether a history is long enough. */
export function suffices(
  { messages, days }: Pick<Score, 'messages' | 'days'>,
  { minMessages, minDays }: Maturity,
): boolean {
  return messages >= minMessages && days >= minDays;
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
    learnPending: false,
    conditions: [],
    limit: null,
    campaign: null,
    isCopy: false,
    breakerOpen: false,
    onlyUnder: null,
    failure: null,
  };
}
