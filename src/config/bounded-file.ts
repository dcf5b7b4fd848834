import { constants, open } from 'node:fs/promises';

/** The message of a file that does not exist. */
export const noSuchFile = 'there is no such file';

/** The content of a file, or what is wrong, as a sentence. Never reads more than the limit, never throws. */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer | string> {
  try {
    // A named pipe must not make us wait.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return 'not a file';
    // One byte more than there is tells the end; a file that grows meanwhile gets more room.
    let buffer = Buffer.allocUnsafe(Math.min(stat.size, maxBytes) + 1);
    let length = 0;
    while (length <= maxBytes) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
      if (length === buffer.length)
        buffer = Buffer.concat([buffer], Math.min(2 * length, maxBytes + 1));
    }
    return `larger than ${maxBytes} bytes`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return noSuchFile;
    if (code === 'EACCES') return 'may not be read';
    return `cannot be read: ${String(code ?? error)}`;
  }
}
