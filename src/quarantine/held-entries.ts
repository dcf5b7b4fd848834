import { readDescription } from './description.ts';
import type { HeldStore } from './held-store.ts';
import type { KeyRing } from './key-ring.ts';
import { QuarantineError } from './quarantine-error.ts';
import type { HeldMessage } from './quarantine.ts';

/** An entry that is there and cannot be shown; it needs a person, not silence. */
export type UnreadableEntry = { readonly id: string; readonly problem: string };

/** All of them, in no order. @throws whatever is not about one entry alone. */
export async function* heldEntries(
  store: HeldStore,
  ring: KeyRing | null,
): AsyncGenerator<HeldMessage | UnreadableEntry> {
  for await (const { id, version, bodyFault } of store.entries()) {
    try {
      assertId(id);
      const problem = await bodyFault();
      if (problem === null) {
        const description = await readDescription(store, id, ring);
        if (description !== null) yield description.message;
      } else if ((await version()) !== null) yield { id, problem };
    } catch (error) {
      if (!(error instanceof QuarantineError)) throw error;
      yield { id, problem: error.message };
    }
  }
}

/** Ids become names of files and objects; this is what keeps `..` and `/` out. */
export function assertId(id: string): void {
  if (!/^[0-9a-z]{20}$/.test(id)) {
    throw new QuarantineError('invalid-id', 'a quarantine id has 20 characters, 0-9 and a-z');
  }
}
