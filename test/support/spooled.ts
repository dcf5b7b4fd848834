import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Content } from '../../src/smtp/content.ts';
import { SpoolFile } from '../../src/smtp/spool-file.ts';

/** These bytes as content that lies in a file. */
export async function spooled(
  bytes: Buffer,
): Promise<AsyncDisposable & { readonly content: Content }> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-spooled-'));
  const file = await SpoolFile.create(directory);
  await file.append(bytes);
  return {
    content: file.content(),
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}
