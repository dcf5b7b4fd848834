import { constants, open } from 'node:fs/promises';

/** The message of a file that does not exist. */
export const noSuchFile = 'there is no such file';

/** The content of a file, or what is wrong, as a sentence. Never reads more than the limit, never throws. */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer | string> {
  try {
    // A named pipe must not make us wait.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return 'not a file';
    const buffer = Buffer.allocUnsafe(maxBytes + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) return Buffer.from(buffer.subarray(0, length));
      length += bytesRead;
    }
    return `larger than ${maxBytes} bytes`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return noSuchFile;
    if (code === 'EACCES') return 'may not be read';
    return `cannot be read: ${String(code ?? error)}`;
  }
}
