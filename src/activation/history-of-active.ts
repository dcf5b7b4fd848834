import type { Activation, InForce } from './rule-set-store.ts';

/** Other sets that were in force for all mail, newest first, without those that are ignored. */
export function inForceBefore(
  history: readonly Activation[],
  { active, ignored }: Pick<InForce, 'active' | 'ignored'>,
): readonly string[] {
  const versions = history
    .filter(({ stage }) => stage === 'enforce')
    .flatMap(({ version, previous }) => [version, previous])
    .filter((version) => version !== null)
    .filter((version) => version !== active && !ignored.includes(version));
  return [...new Set(versions)];
}

/**
 * The line of the history (newest first) by which a set came into force for all mail; null where none tells. A candidate
 * that was dropped leaves a line that names the set in force and has changed nothing about it.
 */
export function changeThatBegan(history: readonly Activation[], active: string): Activation | null {
  const forAll = history.filter(({ stage }) => stage === 'enforce');
  // What other processes have done meanwhile is none of its own.
  const own = forAll.slice(forAll.findIndex(({ version }) => version === active));
  const end = own.findIndex(({ version }) => version !== active);
  const began = own.at(end === -1 ? -1 : end - 1);
  return began?.version !== active || began.previous === active ? null : began;
}

/**
 * Whether a change went back to a set that had been in force for all mail and that nobody had taken back. One that was
 * only ever a candidate, or was taken back itself, is as new as any.
 */
export function isGoneBackToAsProven(history: readonly Activation[], change: Activation): boolean {
  const { version, via } = change;
  if (via !== 'rollback') return false;
  const earlier = history
    .slice(history.indexOf(change) + 1)
    .find((line) => line.version === version || isTakenBack(line, version));
  // Older than what was read: it had its time.
  return earlier === undefined || (earlier.version === version && earlier.stage === 'enforce');
}

function isTakenBack({ via, previous }: Activation, version: string): boolean {
  return via === 'rollback' && previous === version;
}
