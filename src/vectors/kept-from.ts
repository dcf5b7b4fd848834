import { outcomeOf } from '../backtest/reappraise.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { SignalFit } from '../score/fit-priors.ts';
import { lookupsOf } from '../score/known-values.ts';
import { hiddenRecipient } from './hidden-recipients.ts';
import { hiddenValues } from './hidden-values.ts';
import { hideMessage } from './hide-message.ts';
import type { ScoredToKeep } from './keep-vectors.ts';
import type { KeptMessage } from './kept-message.ts';

/** Recipients that a policy is looked up for; of more the first. */
const mostRecipients = 100;

/** One for all, since what messages share is packed once. */
const noFits: readonly SignalFit[] = [];

export type KeptFrom = ScoredToKeep & {
  readonly pseudonym: Pseudonym;
  /** Names what of the rules the features were read with. */
  readonly readWith: string;
};

/** What is kept of a scored message, hidden; null for mail that was not scored, or whose values hiding would merge. */
export function keptFrom({
  transaction,
  analysis,
  rules,
  pseudonym,
  readWith,
}: KeptFrom): KeptMessage | null {
  const { appraised, score, decision } = analysis;
  if (appraised === undefined || score === null) return null;
  const { message, watchedPerDay, attack, contentMet, capped } = appraised;
  const recipients = transaction.envelope.rcptTo.slice(0, mostRecipients);
  const hidden = hideMessage(message, hiddenValues(pseudonym));
  // Records are told by their place among the values: with one value less, the others would get each other's.
  if (lookupsOf(hidden.features).length !== lookupsOf(message.features).length) return null;
  return {
    id: transaction.id,
    alias: message.alias.id,
    ruleset: rules.version,
    readWith,
    appraised: hidden,
    circumstances: {
      watchedPerDay,
      attack,
      breakerOpen: decision.breakerOpen,
      capped,
      contentMet,
      fits: rules.fits ?? noFits,
    },
    recipients: recipients.map((address) => hiddenRecipient(address, pseudonym)),
    outcome: outcomeOf(score, decision, analysis.policy.mode),
    isHeld: decision.effectiveAction === 'quarantine',
  };
}
