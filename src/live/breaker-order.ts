import * as z from 'zod';

const breakerOrder = z.object({
  /** Of its own: an order is obeyed once. */
  id: z.string(),
  state: z.enum(['open', 'closed']),
  /** `ruleset`: a process saw it; `hand`: an operator says so. */
  cause: z.enum(['ruleset', 'hand']),
  /** Version of the rules that it is about; null: all mail. */
  ruleset: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
  /** ISO 8601. */
  at: z.string(),
});

/** The last word about the breaker of a set of rules, or of all mail, which every process obeys. */
export type BreakerOrder = z.output<typeof breakerOrder>;

/** Null for what another version wrote and this one does not understand. */
export function readBreakerOrder(text: string): BreakerOrder | null {
  try {
    return breakerOrder.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Under what an order is kept: an order about the same takes its place. Versions are hexadecimal. */
export function subjectOf({ ruleset }: Pick<BreakerOrder, 'ruleset'>): string {
  return ruleset ?? 'hand';
}
