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
  return Map.groupBy(
    attacks.flatMap((attack) => attack.keys.map((key) => ({ key, attack }))),
    ({ key }) => key,
  )
    .entries()
    .reduce(
      (byKey, [key, found]) =>
        byKey.set(
          key,
          found.map(({ attack }) => attack),
        ),
      new Map<string, readonly ConfirmedAttack[]>(),
    );
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
