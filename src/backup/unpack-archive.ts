import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Entry } from 'tar-stream';
import { aboutName, readAbout, sumsName, type About } from './about.ts';
import { isPart } from './parts.ts';

export type Unpacked = {
  readonly about: About;
  /** Names in the archive, in its order. */
  readonly names: readonly string[];
  readonly bytes: number;
};

export type UnpackOptions = {
  /** For a progress bar: bytes of the archive that were read. */
  readonly onRead?: (bytes: number) => void;
  readonly signal: AbortSignal;
};

/** Held mail has three names a message. */
const mostFiles = 10_000_000;
const maxAboutBytes = 64 * 1024;
const maxSumsBytes = 2 * 1024 * 1024 * 1024;

/**
 * Unpacks a backup into an empty directory and checks each byte of it. Only names that a backup has are ever written,
 * and never more than the disk holds.
 * @throws Error in one sentence that names the archive, for what is not whole, not ours or newer than we are.
 */
export async function unpackArchive(
  path: string,
  into: string,
  { onRead = () => undefined, signal }: UnpackOptions,
): Promise<Unpacked> {
  const { bavail, bsize } = await statfs(into);
  const reader = createReader(into, bavail * bsize);
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      onRead(chunk.length);
      yield chunk;
    }
  };
  const archive = extract();
  const reading = pipeline(createReadStream(path), counted, createGunzip(), archive, { signal });
  reading.catch(() => undefined); // waited for below; what is wrong with an entry comes first
  try {
    for await (const entry of archive) await reader.take(entry);
    await reading;
    return reader.end();
  } catch (error) {
    archive.destroy();
    await reading.catch(() => undefined);
    if (signal.aborted || (error as NodeJS.ErrnoException).path !== undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be restored: ${reason}`, { cause: error });
  }
}

type Reader = {
  readonly take: (entry: Entry) => Promise<void>;
  readonly end: () => Unpacked;
};

function createReader(into: string, roomBytes: number): Reader {
  const sums = new Map<string, string>();
  let about: About | null = null;
  let isSummed = false;
  let bytes = 0;

  const takeFile = async (entry: Entry, name: string, size: number) => {
    bytes += size;
    if (bytes > roomBytes) throw new Error(`the disk of ${into} has no room for it`);
    const target = join(into, name);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const hash = createHash('sha256');
    await pipeline(
      entry,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true }),
    );
    sums.set(name, hash.digest('hex'));
  };

  return {
    take: async (entry) => {
      const { name, type, linkname, size = 0 } = entry.header;
      if (isSummed) throw new Error(`${shown(name)} comes after its checksums`);
      if (about === null) {
        if (name !== aboutName || size > maxAboutBytes)
          throw new Error('it is not a backup of Aliaswatch');
        const content = await text(entry);
        about = readAbout(content);
        sums.set(name, createHash('sha256').update(content).digest('hex'));
      } else if (name === sumsName) {
        if (size > maxSumsBytes) throw new Error('its checksums are too large');
        await checkSums(entry, sums);
        isSummed = true;
      } else if (!isPart(name) || sums.has(name)) {
        throw new Error(`${shown(name)} does not belong into a backup`);
      } else if (sums.size > mostFiles) {
        throw new Error(`it has more than ${mostFiles} files`);
      } else if (type === 'file') {
        await takeFile(entry, name, size);
      } else if (
        type === 'link' &&
        isHeld(name) &&
        isHeld(linkname ?? '') &&
        sums.has(linkname ?? '')
      ) {
        await mkdir(dirname(join(into, name)), { recursive: true, mode: 0o700 });
        await link(join(into, linkname ?? ''), join(into, name));
        sums.set(name, sums.get(linkname ?? '') ?? '');
        entry.resume();
      } else {
        throw new Error(`${shown(name)} is not a file`);
      }
    },
    end: () => {
      if (about === null) throw new Error('it is not a backup of Aliaswatch');
      if (!isSummed) throw new Error('it ends early: it was not written to its end, or was cut');
      const names = [...sums.keys()].filter((name) => name !== aboutName);
      return { about, names, bytes };
    },
  };
}

function isHeld(name: string): boolean {
  return isPart(name) && name.startsWith('state/quarantine/');
}

/** Names of strangers are for people to read. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

async function checkSums(entry: Entry, sums: ReadonlyMap<string, string>): Promise<void> {
  let rest = '';
  let checked = 0;
  const check = (line: string) => {
    const [, sum, name = ''] = /^([0-9a-f]{64}) {2}(.{1,300})$/.exec(line) ?? [];
    if (sum === undefined) throw new Error('its checksums cannot be read');
    const found = sums.get(name);
    if (found === undefined) throw new Error(`${shown(name)} is missing`);
    if (found !== sum) throw new Error(`${shown(name)} is damaged`);
    checked++;
  };
  for await (const chunk of entry) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > 1000) throw new Error('its checksums cannot be read');
    lines.forEach(check);
  }
  if (rest !== '' || checked !== sums.size)
    throw new Error('its checksums are not those of its files');
}
