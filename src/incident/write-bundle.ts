import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { memoryContent, type Content } from '../smtp/content.ts';

export type BundleFile = { readonly name: string; readonly content: Content };

export type BundleOptions = {
  /** A file that is not there yet. */
  readonly path: string;
  /** Directory in the archive. */
  readonly folder: string;
  readonly at: Date;
};

/**
 * Writes a tar archive (POSIX ustar), each file as it is read, and at its end the checksums of all of them; readable by us
 * alone. Gives how many bytes the files have.
 * @throws when the file is there already or cannot be written; nothing is left of it then.
 */
export async function writeBundle(
  files: Iterable<BundleFile>,
  { path, folder, at }: BundleOptions,
): Promise<number> {
  const archive = pack();
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  const writing = pipeline(archive, target);
  writing.catch(() => undefined); // waited for below; a failure of the files comes first
  try {
    const sums: string[] = [];
    let bytes = 0;
    for (const { name, content } of files) {
      const sum = await addFile(archive, { name: `${folder}/${name}`, content, at });
      sums.push(`${sum}  ${name}\n`);
      bytes += content.sizeBytes;
    }
    const manifest = memoryContent(Buffer.from(sums.join('')));
    await addFile(archive, { name: `${folder}/MANIFEST.sha256`, content: manifest, at });
    archive.finalize();
    await writing;
    return bytes;
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    await writing.catch(() => undefined);
    // What was there before is not ours to remove.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(path, { force: true });
    throw error;
  }
}

type Entry = BundleFile & { readonly at: Date };

async function addFile(archive: Pack, { name, content, at }: Entry): Promise<string> {
  const hash = createHash('sha256');
  const entry = archive.entry({ name, size: content.sizeBytes, mtime: at, mode: 0o644 });
  await pipeline(
    content.stream(),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    entry,
  );
  return hash.digest('hex');
}
