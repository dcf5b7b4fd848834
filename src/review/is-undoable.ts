import type { Act, Effect } from './review.ts';

/** Whether there is something to take back: nothing is where an act was refused, and what people were told stays told. */
export function isUndoable({
  kind,
  effects,
  undoneBy,
}: Pick<Act, 'kind' | 'effects' | 'undoneBy'>): boolean {
  if (undoneBy !== null || kind === 'undo' || kind === 'notify') return false;
  // One that broke off has none, and may have done something.
  return effects.length === 0 || effects.some(didSomething);
}

/** A release in part may have found that those who have it had it before. */
function didSomething({ outcome, recipients, learned }: Effect): boolean {
  if (outcome !== 'partly') return outcome === 'done';
  if (recipients === undefined || learned === true) return true;
  return recipients.some((recipient) => recipient.outcome === 'delivered');
}
