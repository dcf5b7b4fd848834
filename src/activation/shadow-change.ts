import type { Action } from '../decision/policy.ts';

/** What the candidate would have done to a message, beside what was done by the rules in force. */
export const shadowChanges = [
  'same',
  'newly-held',
  'newly-tagged',
  'no-longer-held',
  'no-longer-tagged',
  /** The candidate does not watch its alias. */
  'unwatched',
  'failed',
] as const;
export type ShadowChange = (typeof shadowChanges)[number];

const harm = { pass: 0, tag: 1, quarantine: 2, defer: 2, reject: 2 } as const;

/** From what the rules in force do to what others would do. */
export function changeBetween(from: Action, to: Action): ShadowChange {
  if (harm[from] === harm[to]) return 'same';
  if (harm[to] === 2) return 'newly-held';
  if (harm[from] === 2) return 'no-longer-held';
  return harm[to] > harm[from] ? 'newly-tagged' : 'no-longer-tagged';
}
