import { dayOf } from '../baseline/ledger.ts';
import type { ScoredToKeep } from './keep-vectors.ts';
import type { Scored } from './vectors-file.ts';

function isHeld({ analysis }: ScoredToKeep): boolean {
  return analysis.decision.effectiveAction === 'quarantine';
}

/** Name of the draw that a message belongs to. */
export function drawOf(scored: ScoredToKeep): string {
  return `${scored.analysis.alias ?? ''} ${isHeld(scored)}`;
}

/** Counts one more message. */
export function countScored(counts: Map<string, Scored>, scored: ScoredToKeep): void {
  const alias = scored.analysis.alias ?? '';
  const day = dayOf(scored.transaction.receivedAt);
  const name = `${drawOf(scored)} ${day}`;
  const messages = (counts.get(name)?.messages ?? 0) + 1;
  counts.set(name, { alias, day, isHeld: isHeld(scored), messages });
}

/** Both, added up. */
export function countsTogether(
  some: ReadonlyMap<string, Scored>,
  others: ReadonlyMap<string, Scored>,
): Map<string, Scored> {
  const all = new Map(some);
  for (const [name, scored] of others)
    all.set(name, { ...scored, messages: scored.messages + (some.get(name)?.messages ?? 0) });
  return all;
}
