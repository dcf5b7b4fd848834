import { changeThatBegan } from './history-of-active.ts';
import type { Activation, InForce } from './rule-set-store.ts';

/**
 * Versions that the last rollbacks took out of force, the latest first: those of all rollbacks since anything else was
 * activated, with a candidate that went along. Where the last change was none, what the set in force took the place of.
 * `history` is newest first. What is in force again is not among them.
 */
export function takenBack(
  history: readonly Activation[],
  { active, candidate }: Pick<InForce, 'active' | 'candidate'>,
): readonly string[] {
  if (active === null) return [];
  const others = history.findIndex(({ via }) => via !== 'rollback');
  const rollbacks = others === -1 ? history : history.slice(0, others);
  const began = rollbacks.length > 0 ? null : changeThatBegan(history, active);
  const changes = began === null ? rollbacks : [began];
  const before = history[history.indexOf(changes.at(-1) as Activation) + 1];
  // A candidate is not named by the change that dropped it along with the set in force.
  const dropped = before === undefined || before.stage === 'enforce' ? [] : [before.version];
  const all = [...changes.flatMap(({ previous }) => previous ?? []), ...dropped];
  return [...new Set(all)].filter(
    (version) => version !== active && version !== candidate?.version,
  );
}
