/**
 * What became of an attachment: its text was `read`, it has none (`empty`), or it counts as unread: too small or too
 * large to be looked at, one `too-many`, `unreadable` (damaged, encrypted, hostile), stopped at the time limit or by a
 * `crash` of the reader, or never begun because the reader was `busy`.
 */
export const partOutcomes = [
  'read',
  'empty',
  'too-small',
  'too-large',
  'too-many',
  'unreadable',
  'timeout',
  'crash',
  'busy',
] as const;

export type PartOutcome = (typeof partOutcomes)[number];
