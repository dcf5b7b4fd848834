import type { Action } from '../decision/policy.ts';
import type { KeptMessage, Outcome } from '../vectors/kept-message.ts';

export const changeKinds = [
  'newly-held',
  'newly-tagged',
  'no-longer-held',
  'no-longer-tagged',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** What either set makes of a message; null where it does not watch its alias. */
export type Compared = {
  readonly before: Outcome | null;
  readonly after: Outcome | null;
  /** A budget of alerts a day is for it whose volume is not kept (`own-budgets.ts`). */
  readonly lacksVolume: boolean;
};

/** What other rules would make of a message, where it is not the same. */
export type Change = {
  readonly kind: ChangeKind;
  /** False where the mode lets neither set act: only `enforce` would show the difference. */
  readonly takesEffect: boolean;
  /** Attack cause that the flag rests on, under the rules that flag it. */
  readonly cause: string;
};

/** Mail of an alias that nobody watches is passed. */
export const unwatchedOutcome: Outcome = {
  verdict: 'unwatched',
  action: 'pass',
  effectiveAction: 'pass',
  mode: 'shadow',
  bits: 0,
  pValue: 1,
  cause: '',
  limit: null,
};

/** By what is done to the message; where that is the same, by what `enforce` would do. Null where both are. */
export function changeBetween(before: Outcome, after: Outcome): Change | null {
  const effect = kindOf(before.effectiveAction, after.effectiveAction);
  const kind = effect ?? kindOf(before.action, after.action);
  if (kind === null) return null;
  const flagging = kind.startsWith('newly') ? after : before;
  return { kind, takesEffect: effect !== null, cause: causeOf(flagging) };
}

/** A ceiling forces what the score did not ask for. */
function causeOf({ limit, cause }: Outcome): string {
  return limit === null ? cause : `limit ${limit}`;
}

const levels: Readonly<Record<Action, 0 | 1 | 2>> = {
  pass: 0,
  tag: 1,
  defer: 2,
  quarantine: 2,
  reject: 2,
};

/** What another action is for a person; null where it comes to the same. */
export function kindOf(before: Action, after: Action): ChangeKind | null {
  const [from, to] = [levels[before], levels[after]];
  if (to === from) return null;
  if (to > from) return to === 2 ? 'newly-held' : 'newly-tagged';
  return from === 2 ? 'no-longer-held' : 'no-longer-tagged';
}

/** A change, and the message that shows it. */
export type Example = {
  /** Transaction id; where the message is held, that of the held message as well. */
  readonly id: string;
  readonly isHeld: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly before: Pick<Outcome, 'action' | 'bits'>;
  readonly after: Pick<Outcome, 'action' | 'bits'>;
};

export function exampleOf(message: KeptMessage, before: Outcome, after: Outcome): Example {
  const shown = ({ action, bits }: Outcome) => ({ action, bits: Math.round(bits * 10) / 10 });
  return {
    id: message.id,
    isHeld: message.isHeld,
    at: message.appraised.at.toISOString(),
    before: shown(before),
    after: shown(after),
  };
}
