import type { Snapshot } from '../baseline/ledger.ts';
import type { SignalFit } from '../score/fit-priors.ts';
import type { KeptMessage } from './kept-message.ts';
import { unpackMessage } from './message-form.ts';
import { unpackShared } from './shared-parts.ts';
import type { VectorsFile } from './vectors-file.ts';

const rowsAtOnce = 64;

/** Kept messages of these rows, in order; what many share is one object for all of them. */
export function* readVectors(
  file: Pick<VectorsFile, 'read' | 'shared'>,
  rows: readonly number[],
): Generator<KeptMessage> {
  const parts = new Map<string, unknown>();
  const part = (id: string): unknown => {
    if (!parts.has(id)) {
      const body = file.shared(id);
      parts.set(id, body === null ? null : unpackShared(body));
    }
    return parts.get(id);
  };
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    for (const found of file.read(rows.slice(from, from + rowsAtOnce))) {
      if (found === null) continue; // erased meanwhile
      const snapshot = part(found.snapshot) as Snapshot | null;
      const fits = part(found.fits) as readonly SignalFit[] | null;
      if (snapshot !== null && fits !== null) yield unpackMessage(found.body, { snapshot, fits });
    }
}
