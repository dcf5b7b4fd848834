import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BucketOptions } from '../../src/quarantine/bucket-quarantine.ts';
import { openHeldMail, type HeldMail } from '../../src/quarantine/open-held-mail.ts';
import { content, heldMessage, prefix } from './samples.ts';

export type Place = {
  readonly folder: string;
  readonly directory: string;
  readonly store: string;
  /** Where the index of `store` is, if that is a file. */
  readonly indexFile: string;
  /** What the index could not do. */
  readonly failures: unknown[];
  readonly open: (changes?: {
    readonly store?: string;
    readonly directory?: string;
    readonly bucket?: BucketOptions;
    readonly keyFile?: string;
    readonly maxBytes?: number;
  }) => Promise<HeldMail>;
};

/** A place for held mail with an index in a file, closed and removed after the test. */
export async function heldMailPlace(t: TestContext): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-held-'));
  const opened = new AsyncDisposableStack();
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  t.after(() => opened.disposeAsync());
  const directory = join(folder, 'quarantine');
  const store = `sqlite:${join(folder, 'baselines.db')}`;
  const failures: unknown[] = [];
  return {
    folder,
    directory,
    store,
    indexFile: join(folder, 'baselines.db-quarantine'),
    failures,
    open: async (changes = {}) =>
      opened.use(
        await openHeldMail({
          directory,
          store,
          storeTimeoutMs: 2000,
          keyFile: null,
          maxBytes: null,
          onIndexFailed: (error) => failures.push(error),
          ...changes,
        }),
      ),
  };
}

export async function keyFileIn(folder: string): Promise<string> {
  const path = join(folder, 'keys');
  await writeFile(path, Buffer.alloc(32, 9).toString('hex'));
  return path;
}

export const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(20));

export async function holdAll(quarantine: Pick<HeldMail, 'hold'>, some = ids): Promise<void> {
  for (const [index, id] of some.entries()) {
    const heldAt = `2026-03-05T06:0${index}:00.000Z`;
    await quarantine.hold(heldMessage({ id, heldAt }), prefix, content);
  }
}

export async function listed(quarantine: Pick<HeldMail, 'list'>): Promise<readonly string[]> {
  const { messages } = await quarantine.list({ state: 'any' }, { limit: 500 });
  return messages.map(({ id }) => id);
}
