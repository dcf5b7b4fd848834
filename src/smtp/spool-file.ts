import { randomBytes } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Content } from './content.ts';

const pieceBytes = 65_536;
const borrowedBytes = 262_144;
const nameSyntax = /^[0-9a-f]{32}\.spool$/;

export function isSpoolFile(name: string): boolean {
  return nameSyntax.test(name);
}

/**
 * A temporary file that has no name any more once it is open, so that it goes away with the process. Where the system
 * does not let go of the name of an open file, it goes away when disposed of, or is swept at the next start.
 */
export class SpoolFile implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #isNamed: boolean;
  #sizeBytes = 0;

  private constructor(file: FileHandle, path: string, isNamed: boolean) {
    this.#file = file;
    this.#path = path;
    this.#isNamed = isNamed;
  }

  /** @throws what the file system says. */
  static async create(directory: string): Promise<SpoolFile> {
    const path = join(directory, `${randomBytes(16).toString('hex')}.spool`);
    const file = await open(path, 'wx+', 0o600);
    const isNamed = await unlink(path).then(
      () => false,
      (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT', // swept by another process of ours
    );
    return new SpoolFile(file, path, isNamed);
  }

  /** @throws what the file system says (ENOSPC), perhaps after a part was written. */
  async append(data: Buffer): Promise<void> {
    for (let at = 0; at < data.length;) {
      const { bytesWritten } = await this.#file.write(data, at, data.length - at, this.#sizeBytes);
      at += bytesWritten;
      this.#sizeBytes += bytesWritten;
    }
  }

  /** What was appended until now. */
  content(): Content {
    const sizeBytes = this.#sizeBytes;
    return {
      sizeBytes,
      prefix: (limitBytes) => this.#readExactly(0, Math.min(limitBytes, sizeBytes)),
      stream: () => Readable.from(this.#pieces(sizeBytes), { objectMode: false }),
      borrow: () => this.#borrowedPieces(sizeBytes),
      descriptor: this.#file.fd,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    if (this.#isNamed) await unlink(this.#path).catch(() => undefined);
  }

  // Not FileHandle.createReadStream: closing the file would wait for a stream that somebody has left half read.
  async *#pieces(sizeBytes: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < sizeBytes; at += pieceBytes)
      yield await this.#readExactly(at, Math.min(pieceBytes, sizeBytes - at));
  }

  async *#borrowedPieces(sizeBytes: number): AsyncGenerator<Buffer> {
    const memory = Buffer.allocUnsafeSlow(Math.min(borrowedBytes, sizeBytes));
    for (let at = 0; at < sizeBytes; at += borrowedBytes) {
      const piece = memory.subarray(0, sizeBytes - at);
      await this.#fill(piece, at);
      yield piece;
    }
  }

  async #readExactly(position: number, length: number): Promise<Buffer> {
    const data = Buffer.allocUnsafe(length);
    await this.#fill(data, position);
    return data;
  }

  /** Less must never pass for the whole message. */
  async #fill(data: Buffer, position: number): Promise<void> {
    for (let at = 0; at < data.length;) {
      const { bytesRead } = await this.#file.read(data, at, data.length - at, position + at);
      if (bytesRead === 0) throw new Error('a spool file is shorter than what was written to it');
      at += bytesRead;
    }
  }
}
