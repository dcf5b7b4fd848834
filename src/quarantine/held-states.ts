import type { HeldMessage, HeldSummary } from './quarantine.ts';

const restoredForMs = 7 * 86_400_000;

/** Whether nobody waits for it any more. */
export function isDeliveredToAll({
  envelope,
  deliveries,
}: Pick<HeldMessage, 'envelope' | 'deliveries'>): boolean {
  const has = new Set(
    deliveries.filter(({ delivered }) => delivered).map(({ recipient }) => recipient),
  );
  return envelope.rcptTo.every((recipient) => has.has(recipient));
}

/** Into the bin; what is no longer held stays as it is. */
export function deleted(held: HeldMessage, at: Date): HeldMessage {
  return held.state === 'held' ? { ...held, state: 'deleted', closedAt: at.toISOString() } : held;
}

/** Out of the bin. Who takes a deletion back has time to look at the message. */
export function restored(held: HeldMessage, at: Date): HeldMessage {
  if (held.state !== 'deleted') return held;
  const soonest = at.getTime() + restoredForMs;
  const expiresAt = new Date(Math.max(Date.parse(held.expiresAt), soonest)).toISOString();
  return { ...held, state: 'held', closedAt: null, expiresAt, expiryNoticedAt: null };
}

export function summaryOf(message: HeldMessage): HeldSummary {
  const summary: HeldSummary & { lesson?: unknown; explanation?: unknown } = { ...message };
  delete summary.lesson;
  delete summary.explanation;
  return summary;
}
