import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveWriter } from './archive-writer.ts';
import { bodyFile } from './parts.ts';

/** Names of this form in a directory, sorted; none where it is not there. */
export async function namesIn(directory: string, form: RegExp): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => form.test(name)).sort();
}

type HeldOptions = {
  /** Names of descriptions. */
  readonly held: readonly string[];
  readonly onStep: (steps: number) => void;
  readonly signal: AbortSignal;
};

/** Bytes that messages share are in the archive once; a message that leaves meanwhile is left out whole. */
export async function addHeldMail(
  archive: ArchiveWriter,
  directory: string,
  { held, onStep, signal }: HeldOptions,
): Promise<void> {
  const id = await readFile(join(directory, 'directory.id')).catch(() => null);
  if (id !== null) await archive.bytes('state/quarantine/directory.id', id);
  const byInode = new Map<bigint, string>();
  for (const description of held) {
    signal.throwIfAborted();
    const bodyName = description.replace(/\.json$/, '.eml');
    await addMessage(archive, { directory, description, bodyName, byInode });
    onStep(1);
  }
  for (const name of await namesIn(join(directory, 'bodies'), bodyFile)) {
    const shared = await stat(join(directory, 'bodies', name), { bigint: true }).catch(() => null);
    const target = shared === null ? undefined : byInode.get(shared.ino);
    if (target !== undefined) await archive.link(`state/quarantine/bodies/${name}`, target);
  }
}

type HeldFiles = {
  readonly directory: string;
  readonly description: string;
  readonly bodyName: string;
  readonly byInode: Map<bigint, string>;
};

async function addMessage(
  archive: ArchiveWriter,
  { directory, description, bodyName, byInode }: HeldFiles,
): Promise<void> {
  const gone = (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  };
  // The body first: whoever removes a message removes its description before it.
  await using body = await open(join(directory, bodyName)).catch(gone);
  const described = await readFile(join(directory, description)).catch(gone);
  if (body === null || described === null) return;
  await archive.bytes(`state/quarantine/${description}`, described);
  const name = `state/quarantine/${bodyName}`;
  const { ino, nlink, size } = await body.stat({ bigint: true });
  const same = byInode.get(ino);
  if (same !== undefined) await archive.link(name, same);
  else await archive.file(name, body, Number(size));
  if (nlink > 1n) byInode.set(ino, name);
}
