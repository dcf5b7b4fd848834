import type { Features, Sighting } from '../features/features.ts';
import type { Readings } from '../score/readings.ts';
import { digest, lureKeys, tellingSignals, textKey } from './campaign.ts';

/** Something that copies of a message would share, named as campaigns name it. */
export type SharedKey = {
  readonly key: string;
  /** Anybody's: a well-known domain tells copies apart on the aliases where it was abused, and nowhere else. */
  readonly isWidespread: boolean;
};

/** What any message, flagged or not, would have in common with copies of it. */
export type SharedWithCopies = {
  /** At most 40. */
  readonly keys: readonly SharedKey[];
  /** Fresh values where a reader may be led, at most 16. */
  readonly values: readonly Pick<Sighting, 'table' | 'value'>[];
  /** Every value and word that is not ordinary here: what delivery teaches beyond what the alias had already. */
  readonly news: readonly string[];
};

export type SharedInput = {
  readonly features: Pick<Features, 'signatureHash' | 'subject' | 'sentences' | 'standings'>;
  readonly readings: Pick<Readings, 'fresh' | 'newText' | 'newCommonWords'>;
};

const maxKeys = 40;
const maxValues = 16;

/**
 * The keys under which a campaign may turn out to have known a message: those of `campaignOf`, whatever the score, so
 * that copies that passed before the first flag are found, and later ones of a confirmed attack.
 */
export function sharedWithCopies({ features, readings }: SharedInput): SharedWithCopies {
  const telling = readings.fresh.filter(({ signal }) =>
    (tellingSignals as readonly string[]).includes(signal),
  );
  const obscure = new Set(features.standings.map(({ table, value }) => `${table} ${value}`));
  const words = [
    ...(features.signatureHash === null ? [] : [digest('signature', features.signatureHash)]),
    ...lureKeys(features, readings.newText),
    ...textKey(readings.newText),
  ];
  const keys: readonly SharedKey[] = [
    ...telling.map((sighting) => ({
      key: digest(sighting.table, sighting.value),
      isWidespread: isPlace(sighting) && !obscure.has(`${sighting.table} ${sighting.value}`),
    })),
    ...words.map((key) => ({ key, isWidespread: false })),
  ];
  const distinct = new Map(keys.map((shared) => [shared.key, shared]));
  return {
    keys: [...distinct.values()].slice(0, maxKeys),
    values: telling.slice(0, maxValues).map(({ table, value }) => ({ table, value })),
    news: [
      ...readings.fresh.map(({ value }) => value),
      ...readings.newText,
      ...readings.newCommonWords,
    ],
  };
}

/** Domains may be anybody's; of numbers, wallets and mailboxes each is somebody's. */
function isPlace({ table, value }: Sighting): boolean {
  return table === 'domain' && !value.includes('@');
}
