import { signalIds, type SignalId } from '../../features/signals.ts';
import type { AttackCause, CauseTable, Chance } from '../../score/causes.ts';
import { compareCauses } from '../../score/likelihood.ts';
import type { SignalReading } from '../../score/readings.ts';

/**
 * The table as if these signals did not exist: a signal that no cause names is as likely with an attack as without and
 * cancels. An attack of which nothing is left is left out.
 */
export function withoutSignals(table: CauseTable, dropped: ReadonlySet<SignalId>): CauseTable {
  const kept = (chances: Readonly<Partial<Record<SignalId, Chance>>>) =>
    Object.fromEntries(
      Object.entries(chances).filter(([signal]) => !dropped.has(signal as SignalId)),
    );
  return {
    ...table,
    attack: table.attack
      .map((cause) => ({ ...cause, chances: kept(cause.chances) }))
      .filter(({ chances }) => Object.keys(chances).length > 0),
    benign: table.benign.map((cause) => ({ ...cause, chances: kept(cause.chances) })),
  };
}

/** The table with ordinary mail as the only benign cause. */
export function steadyOnly(table: CauseTable): CauseTable {
  return { ...table, benign: table.benign.filter(({ prior }) => prior === null) };
}

/** Brings every signal about: as likely in every world. */
const everything: AttackCause = {
  id: 'everything',
  title: 'everything',
  weight: 1,
  chances: Object.fromEntries(signalIds.map((signal) => [signal, 1])),
};

/**
 * The score where an attack must explain the whole message alone (as before measured C12). `everything` has the same
 * likelihood in every world, so its scores give what the benign worlds sum to, with and without the others.
 */
export function uncrossedBits(readings: readonly SignalReading[], table: CauseTable): number {
  const steady = steadyOnly(table);
  const bits = (of: CauseTable) => compareCauses(readings, of).bits;
  const withEverything = (of: CauseTable) => bits({ ...of, attack: [everything] });
  return bits(steady) - withEverything(steady) + withEverything(table);
}
