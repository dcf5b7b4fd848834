import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Content } from '../smtp/content.ts';

/** The bytes of a file that does not change. */
export function fileContent(path: string, sizeBytes: number): Content {
  return {
    sizeBytes,
    async prefix(limitBytes) {
      const wanted = Buffer.alloc(Math.min(limitBytes, sizeBytes));
      const file = await open(path, 'r');
      try {
        const { bytesRead } = await file.read(wanted, 0, wanted.length, 0);
        return wanted.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    stream: () => createReadStream(path),
  };
}
