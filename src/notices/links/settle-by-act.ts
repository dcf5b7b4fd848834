import type { Act } from '../../review/review.ts';
import type { ReleaseRequests } from './recipient-requests.ts';

export type Deciding = { readonly act: Act; readonly undone: Act | null; readonly at: Date };

const delivered = new Set(['delivered', 'already-delivered']);

/**
 * Whoever asked for a message that was decided about, wherever that was done, waits no longer; until the delete that
 * declined it is taken back. `undone` is what an undo took back.
 */
export function settleByAct(
  requests: Pick<ReleaseRequests, 'about' | 'close' | 'reopen'>,
  { act: { kind, by, effects, reason }, undone, at }: Deciding,
): void {
  if (undone?.kind === 'delete') {
    // What was settled before the delete was settled by something else.
    const since = new Date(undone.at);
    for (const { message, outcome } of effects)
      if (outcome === 'done') requests.reopen(message, since);
  }
  if (kind !== 'release' && kind !== 'delete') return;
  for (const { message, outcome, recipients = [] } of effects) {
    const have = recipients.filter((each) => delivered.has(each.outcome));
    const isInBin = kind === 'delete' && (outcome === 'done' || outcome === 'already');
    for (const request of requests.about(message)) {
      if (!isInBin && !have.some(({ recipient }) => recipient === request.recipient)) continue;
      const isGranted = (request.kind === 'release') !== isInBin;
      const state = isGranted ? 'granted' : 'declined';
      requests.close(request.id, { state, by: by.name, detail: reason, at });
    }
  }
}
