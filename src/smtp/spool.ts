import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isSpoolFile, SpoolFile } from './spool-file.ts';

export type SpoolSettings = {
  /** Made with mode 0700 where it is missing. */
  readonly directory: string;
  /** Messages up to this size stay in memory. */
  readonly memoryBytes: number;
  /** All files together. */
  readonly maxBytes: number;
};

/**
 * 256 KiB hold nearly every message without attachments, so that most mail costs no disk access, and 500 sessions take
 * 128 MiB at most. On disk there is room for twenty messages of the largest size, or the same in smaller ones.
 */
export const defaultSpoolSizes = { memoryBytes: 262_144, maxBytes: 1_073_741_824 };

/** The spool has no room; the client should come back. */
export class SpoolFull extends Error {
  override readonly name = 'SpoolFull';

  constructor(maxBytes: number) {
    super(`messages on disk would take more than maxSpoolBytes (${maxBytes})`);
  }
}

/** Room for bytes in a file, given back when disposed of. */
export type SpoolSpace = AsyncDisposable & {
  readonly file: SpoolFile;
  /** @throws SpoolFull, or what the file system says. */
  append(data: Buffer): Promise<void>;
};

/** Where received messages lie until they are relayed; nothing in it outlives its transaction. */
export class Spool {
  readonly memoryBytes: number;
  readonly #directory: string;
  readonly #maxBytes: number;
  #usedBytes = 0;

  private constructor({ directory, memoryBytes, maxBytes }: SpoolSettings) {
    this.#directory = directory;
    this.memoryBytes = memoryBytes;
    this.#maxBytes = maxBytes;
  }

  /**
   * Removes what a killed process left behind.
   * @throws Error in one sentence when the directory cannot be used.
   */
  static async open(settings: SpoolSettings): Promise<Spool> {
    const { directory } = settings;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const names = await readdir(directory);
      // A file of another process that still runs has been opened, and stays readable without its name.
      for (const name of names.filter(isSpoolFile))
        await unlink(join(directory, name)).catch(() => undefined);
      await using probe = await SpoolFile.create(directory);
      await probe.append(Buffer.from('probe'));
    } catch (error) {
      throw new Error(
        `cannot keep messages in ${directory}: ${(error as Error).message}; make it writable, or choose another state directory`,
        { cause: error },
      );
    }
    return new Spool(settings);
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Whether a message of this declared size could be kept now; 0 for one that did not say. */
  hasRoomFor(declaredBytes: number): boolean {
    if (declaredBytes === 0) return this.#usedBytes < this.#maxBytes;
    return declaredBytes <= this.memoryBytes || this.#usedBytes + declaredBytes <= this.#maxBytes;
  }

  /** @throws what the file system says. */
  async space(): Promise<SpoolSpace> {
    const file = await SpoolFile.create(this.#directory);
    let takenBytes = 0;
    return {
      file,
      append: async (data) => {
        if (this.#usedBytes + data.length > this.#maxBytes) throw new SpoolFull(this.#maxBytes);
        this.#usedBytes += data.length;
        takenBytes += data.length;
        await file.append(data);
      },
      [Symbol.asyncDispose]: async () => {
        this.#usedBytes -= takenBytes;
        takenBytes = 0;
        await file[Symbol.asyncDispose]();
      },
    };
  }
}
