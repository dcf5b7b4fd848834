import type { SharedKey } from './shared-keys.ts';

/** A campaign that a person said is an attack. */
export type ConfirmedAttack = {
  readonly campaign: string;
  /** Aliases it came through. */
  readonly aliases: readonly string[];
  /** What its messages share; hashes. */
  readonly keys: readonly string[];
};

/** By key. */
export type ConfirmedAttacks = ReadonlyMap<string, readonly ConfirmedAttack[]>;

export const noAttacks: ConfirmedAttacks = new Map();

export function attacksByKey(attacks: readonly ConfirmedAttack[]): ConfirmedAttacks {
  const byKey = new Map<string, ConfirmedAttack[]>();
  for (const attack of attacks)
    for (const key of attack.keys) {
      const found = byKey.get(key);
      if (found === undefined) byKey.set(key, [attack]);
      else found.push(attack);
    }
  return byKey;
}

/** Id of the confirmed campaign that a message shares something with, or null; on other aliases what is anybody's is no sign. */
export function confirmedCampaign(
  alias: string,
  keys: readonly SharedKey[],
  confirmed: ConfirmedAttacks,
): string | null {
  for (const { key, isWidespread } of keys) {
    const found = (confirmed.get(key) ?? []).find(
      ({ aliases }) => !isWidespread || aliases.includes(alias),
    );
    if (found) return found.campaign;
  }
  return null;
}
