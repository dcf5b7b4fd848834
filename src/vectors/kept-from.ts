import { outcomeOf } from '../backtest/reappraise.ts';
import type { Pseudonym } from '../features/hash.ts';
import { hiddenRecipient } from './hidden-recipients.ts';
import { hiddenValues } from './hidden-values.ts';
import { hideMessage } from './hide-message.ts';
import type { ScoredToKeep } from './keep-vectors.ts';
import type { KeptMessage } from './kept-message.ts';

/** Recipients that a policy is looked up for; of more the first. */
const mostRecipients = 100;

export type KeptFrom = ScoredToKeep & {
  readonly pseudonym: Pseudonym;
  /** Names what of the rules the features were read with. */
  readonly readWith: string;
};

/** What is kept of a scored message, hidden; null for mail that was not scored. */
export function keptFrom({
  transaction,
  analysis,
  rules,
  pseudonym,
  readWith,
}: KeptFrom): KeptMessage | null {
  const { appraised, score, decision } = analysis;
  if (appraised === undefined || score === null) return null;
  const { message, watchedPerDay, attack, contentMet } = appraised;
  const recipients = transaction.envelope.rcptTo.slice(0, mostRecipients);
  return {
    id: transaction.id,
    alias: message.alias.id,
    ruleset: rules.version,
    readWith,
    appraised: hideMessage(message, hiddenValues(pseudonym)),
    circumstances: {
      watchedPerDay,
      attack,
      breakerOpen: decision.breakerOpen,
      contentMet,
      fits: rules.fits ?? [],
    },
    recipients: recipients.map((address) => hiddenRecipient(address, pseudonym)),
    outcome: outcomeOf(score, decision, analysis.policy.mode),
    isHeld: decision.effectiveAction === 'quarantine',
  };
}
