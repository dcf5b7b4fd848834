import { dayOf } from '../baseline/ledger.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { ScoredToKeep } from './keep-vectors.ts';
import { keptFrom } from './kept-from.ts';
import { packMessage } from './message-form.ts';
import { packShared, type SharedPart } from './shared-parts.ts';
import type { VectorRow } from './vectors-file.ts';

/** A message that is to be kept, with its key of the draw. */
export type Waiting = ScoredToKeep & { readonly key: number };

/** The row of a message, and what it shares with others; null for mail that was not scored. */
export function rowOf(
  { key, ...scored }: Waiting,
  pseudonym: Pseudonym,
  readWith: string,
): { readonly row: VectorRow; readonly parts: readonly SharedPart[] } | null {
  const message = keptFrom({ ...scored, pseudonym, readWith });
  if (message === null) return null;
  const { appraised, circumstances } = message;
  const snapshot = packShared(appraised.observation.snapshot);
  const fits = packShared(circumstances.fits);
  return {
    row: {
      id: message.id,
      alias: message.alias,
      isHeld: message.isHeld,
      day: dayOf(appraised.at),
      key,
      ruleset: message.ruleset,
      recipients: scored.transaction.envelope.rcptTo.map(pseudonym),
      snapshot: snapshot.id,
      fits: fits.id,
      body: packMessage(message),
    },
    parts: [snapshot, fits],
  };
}
