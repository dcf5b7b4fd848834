import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { sumsName } from './about.ts';

export type ArchiveWriter = {
  readonly bytes: (name: string, content: Buffer) => Promise<void>;
  /** The first `size` bytes of a file, which may grow meanwhile; an open one may lose its name. */
  readonly file: (name: string, from: string | FileHandle, size: number) => Promise<void>;
  /** Another name of a file that is in the archive already. */
  readonly link: (name: string, target: string) => Promise<void>;
};

export type Written = { readonly files: number; readonly bytes: number };

/**
 * Writes a gzipped tar archive, readable by us alone, with the checksums of all files at its end (`sha256sum -c`).
 * @throws when the file is there already or cannot be written; nothing is left of it then.
 */
export async function writeArchive(
  path: string,
  at: Date,
  fill: (writer: ArchiveWriter) => Promise<void>,
): Promise<Written> {
  const archive = pack();
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  const writing = pipeline(archive, createGzip({ level: 4 }), target);
  writing.catch(() => undefined); // waited for below; a failure of the files comes first
  const sums = new Map<string, string>();
  let total = 0;

  const add = async (name: string, size: number, chunks: AsyncIterable<Buffer> | Buffer[]) => {
    const hash = createHash('sha256');
    const entry = archive.entry({ name, size, mtime: at, mode: 0o600 });
    const hashed = async function* () {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(hashed, entry);
    sums.set(name, hash.digest('hex'));
    total += size;
  };
  const writer: ArchiveWriter = {
    bytes: (name, content) => add(name, content.length, [content]),
    file: (name, from, size) => add(name, size, size === 0 ? [] : readFirst(from, size)),
    link: async (name, linkname) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      archive.entry({ name, linkname, type: 'link', mtime: at, mode: 0o600 }, (error) =>
        error ? reject(error) : resolve(undefined),
      );
      await promise;
      sums.set(name, sums.get(linkname) ?? '');
    },
  };
  try {
    await fill(writer);
    const lines = [...sums].map(([name, sum]) => `${sum}  ${name}\n`);
    await add(sumsName, Buffer.byteLength(lines.join('')), [Buffer.from(lines.join(''))]);
    archive.finalize();
    await writing;
    return { files: sums.size - 1, bytes: total };
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    await writing.catch(() => undefined);
    // What was there before is not ours to remove.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(path, { force: true });
    throw error;
  }
}

function readFirst(from: string | FileHandle, size: number): AsyncIterable<Buffer> {
  const range = { start: 0, end: size - 1 };
  return typeof from === 'string'
    ? createReadStream(from, range)
    : from.createReadStream({ ...range, autoClose: false });
}
