import type { Act } from '../../review/review.ts';
import type { ReleaseRequests } from './recipient-requests.ts';

const delivered = new Set(['delivered', 'already-delivered']);

/** Whoever asked for a message that was decided about, wherever that was done, waits no longer. */
export function settleByAct(
  requests: Pick<ReleaseRequests, 'about' | 'close'>,
  { kind, by, effects, reason }: Act,
  at: Date,
): void {
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
