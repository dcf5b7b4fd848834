import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disk } from './disk.ts';
import { writeDurably } from './disk.ts';
import { readDescription, renderDescription, type Description } from './description.ts';
import type { KeyRing } from './key-ring.ts';
import { QuarantineError, asQuarantineError, errorCode } from './quarantine-error.ts';
import type { HeldMessage } from './quarantine.ts';

/** An entry that is there and cannot be shown; it needs a person, not silence. */
export type UnreadableEntry = { readonly id: string; readonly problem: string };

export type HeldPlace = {
  readonly directory: string;
  readonly disk: Disk;
  /** Null where nothing is encrypted. */
  readonly ring: KeyRing | null;
};

/** Names of all entries as they stand in the directory, also such that are no ids. */
export async function* heldNames(directory: string): AsyncGenerator<string> {
  try {
    for await (const { name } of await opendir(directory, { bufferSize: 512 }))
      if (name.endsWith('.json')) yield name.slice(0, -'.json'.length);
  } catch (error) {
    throw asQuarantineError(error, `list the quarantine ${directory}`);
  }
}

export async function* heldEntries({
  directory,
  ring,
}: HeldPlace): AsyncGenerator<HeldMessage | UnreadableEntry> {
  for await (const id of heldNames(directory)) {
    try {
      assertId(id);
      await stat(join(directory, `${id}.eml`));
      const description = await readDescription(directory, id, ring);
      if (description !== null) yield description.message;
    } catch (error) {
      if (error instanceof QuarantineError) yield { id, problem: error.message };
      else if (await versionOf(directory, id)) yield { id, problem: unreadable(error) };
    }
  }
}

function unreadable(error: unknown): string {
  return `its message cannot be read: ${errorCode(error)}`;
}

/** When the description was last written, Unix time in milliseconds; null where there is no such entry. */
export async function versionOf(directory: string, id: string): Promise<number | null> {
  return stat(join(directory, `${id}.json`)).then(
    ({ mtimeMs }) => mtimeMs,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw asQuarantineError(error, `look up message ${id}`);
    },
  );
}

export function writeDescription(
  { directory, disk, ring }: HeldPlace,
  description: Description,
): Promise<void> {
  const bytes = renderDescription(description, ring);
  return writeDurably(disk, { directory, name: `${description.message.id}.json`, bytes });
}

/** Ids become file names; this is what keeps `..` and `/` out. */
export function assertId(id: string): void {
  if (!/^[0-9a-z]{20}$/.test(id)) {
    throw new QuarantineError('invalid-id', 'a quarantine id has 20 characters, 0-9 and a-z');
  }
}
