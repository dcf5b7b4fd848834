import type { Pack } from '../alias/alias.ts';
import type { History } from '../baseline/history.ts';
import { maturedDays, type ValueRecord } from '../baseline/value-record.ts';
import { groupOf, type SignalId } from '../features/signals.ts';
import { posteriorMean } from './beta-mixture.ts';
import type { SignalPrior } from './causes.ts';

/** A pack counts as 200 messages: none of them with a closed signal, 0.3 of them with an open one (measured section 5). */
const packMessages = 200;
const openRate = 0.3;

export type RateQuestion = {
  readonly signal: SignalId;
  /** Messages of the alias on which it was an event: first appearances, or messages at this level and above. */
  readonly events: number;
  readonly prior: SignalPrior;
  readonly pack: Pack | null;
  readonly history: History;
  readonly isStartingUp: boolean;
  /** What is shown, as `coldBy` names it; empty when nothing is. */
  readonly shown: readonly string[];
};

/** The rarest thing shown is at least this share of all that a signal stands for: shares are judgement. */
const leastShare = 0.1;

/**
 * How often honest mail of this alias shows a signal: (events + a) / (messages + a + b) under the prior fitted over
 * aliases, the pack as pseudo-messages. Good–Turing with a prior: newness is suspicious only where it is rare
 * (detection 2.3).
 */
export function honestRate({
  signal,
  events,
  prior,
  pack,
  history,
  isStartingUp,
  shown,
}: RateQuestion): number {
  const cold = Math.min(
    ...shown.map((what) => coldOf(prior, what)),
    shown.length === 0 ? prior.cold : 1,
  );
  const isOpen = pack?.open.includes(signal) === true;
  const isClosed = pack?.closed.includes(signal) === true;
  const pseudo = isOpen || isClosed ? packMessages : 0;
  // Before the start-up is over everything is new: what counts is how often such mail has the thing at all.
  if (isStartingUp && pseudo === 0) return cold;
  const rate = posteriorMean(
    prior.components,
    events + (isOpen ? openRate * packMessages : 0),
    history.trials(groupOf(signal)) + pseudo,
  );
  return rate * Math.min(1, Math.max(leastShare, cold / prior.cold));
}

function coldOf({ cold, coldBy }: SignalPrior, what: string): number {
  return coldBy[what] ?? coldBy[what.split(' ', 1)[0] ?? ''] ?? cold;
}

/**
 * How usual a value is that is not established yet: its share of the matured days and of the messages, whichever is
 * smaller, 0 to 1. A flood lacks days, a drip lacks messages; a vendor's footer in a young history has both.
 */
export function usualShare(record: ValueRecord | null, history: History, today: number): number {
  if (record === null || history.days === 0) return 0;
  return Math.min(1, maturedDays(record, today) / history.days, record.count / history.messages);
}
