import { changeKinds, kindOf } from '../backtest/change.ts';
import type { Action } from '../decision/policy.ts';

/** What the candidate would have done to a message, beside what was done by the rules in force. */
export const shadowChanges = [
  'same',
  ...changeKinds,
  /** The candidate does not watch its alias. */
  'unwatched',
  'failed',
] as const;
export type ShadowChange = (typeof shadowChanges)[number];

/** From what the rules in force do to what others would do. */
export function changeBetween(from: Action, to: Action): ShadowChange {
  return kindOf(from, to) ?? 'same';
}
