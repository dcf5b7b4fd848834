import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Content } from '../smtp/content.ts';
import { fileSource, sourceContent } from './byte-source.ts';
import { writeDurably, type Disk } from './disk.ts';
import { addressOf, type KeyRing } from './key-ring.ts';
import type { KeptBody } from './held-store.ts';
import { ignoreMissing } from './quarantine-error.ts';
import { seal } from './sealed-bytes.ts';
import { sealedContent } from './sealed-content.ts';

/** Received bytes by their address, each a second name (hard link) of the file of every message that holds them. */
export const bodiesFolder = 'bodies';

export type BodyPlace = { readonly directory: string; readonly disk: Disk };

/**
 * Keeps received bytes under the id of a message, durably. The same bytes are on the disk once: file systems count the
 * names of a file, so that deleting one message never takes the bytes of another, whatever dies in between.
 */
export async function writeBody(
  { directory, disk }: BodyPlace,
  {
    id,
    content,
    ring,
  }: { readonly id: string; readonly content: Content; readonly ring: KeyRing | null },
): Promise<KeptBody> {
  const hash = createHash('sha256');
  const bytes = hashed(content, hash);
  let address = '';
  await writeDurably(disk, {
    directory,
    name: `${id}.eml`,
    bytes: ring === null ? bytes : seal(ring, bytes),
    settle: async (temporary, path) => {
      address = addressOf(hash.digest(), ring);
      const shared = join(directory, bodiesFolder, address);
      if (await shareExisting(disk, { shared, temporary, path })) return;
      await disk.rename(temporary, path);
      // Another message may have been quicker, and not every file system has links: then these bytes are not shared.
      await disk.link(path, shared).catch(() => undefined);
    },
  });
  return { address, isSealed: ring !== null };
}

/** Our header fields are not in it: they are in the description. */
export async function openBody(
  { directory }: Pick<BodyPlace, 'directory'>,
  {
    id,
    isSealed,
    ring,
  }: { readonly id: string; readonly isSealed: boolean; readonly ring: KeyRing | null },
): Promise<Content> {
  const path = join(directory, `${id}.eml`);
  const { size } = await stat(path);
  const source = fileSource(path);
  return isSealed ? sealedContent(source, size, ring) : sourceContent(source, size);
}

/** After the description is gone. The bytes themselves go with their last name. */
export async function removeBody(
  { directory, disk }: BodyPlace,
  { id, address }: { readonly id: string; readonly address: string | null },
): Promise<void> {
  await disk.unlink(join(directory, `${id}.eml`)).catch(ignoreMissing);
  if (address === null) return;
  const shared = join(directory, bodiesFolder, address);
  const links = await stat(shared).then(
    ({ nlink }) => nlink,
    () => 0,
  );
  // A message that takes these bytes at this moment has a name for them, or keeps its own copy.
  if (links === 1) await disk.unlink(shared).catch(ignoreMissing);
}

/** Names bytes that are there already instead of the copy that was just written. */
async function shareExisting(
  disk: Disk,
  { shared, temporary, path }: { shared: string; temporary: string; path: string },
): Promise<boolean> {
  try {
    // First, so that whoever sweeps old files without a description does not take this one.
    await disk.touch(shared);
    const [kept, written] = await Promise.all([stat(shared), stat(temporary)]);
    if (kept.size !== written.size) return false;
    await disk.link(shared, path);
  } catch {
    return false;
  }
  await disk.unlink(temporary);
  return true;
}

/** Gives the bytes on, and feeds them to the hash. */
export async function* hashed(
  content: Content,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  // Opened when it is read: a stream that fails earlier has nobody to tell.
  for await (const chunk of content.stream() as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
}
