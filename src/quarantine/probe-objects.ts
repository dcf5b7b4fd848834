import { randomBytes } from 'node:crypto';
import { ObjectsError, type Objects } from './objects.ts';

/** What a bucket can do, as tried with an object that is removed again. */
export type ObjectsProbe = {
  /** To write, look up, read, list and remove one object. */
  readonly tookMs: number;
  /** Whether a write can be made to depend on what is there (If-None-Match). */
  readonly isConditional: boolean;
};

export function isProbe(key: string): boolean {
  return /^probe-[0-9a-f]{16}$/.test(key);
}

/** Does once all that a quarantine does. @throws ObjectsError at the first thing that cannot be done. */
export async function probeObjects(objects: Objects): Promise<ObjectsProbe> {
  const key = `probe-${randomBytes(8).toString('hex')}`;
  const bytes = randomBytes(1024);
  const startedMs = performance.now();
  await objects.put(key, bytes, 'new');
  let tookMs: number;
  let isConditional: boolean;
  try {
    const state = await objects.head(key);
    const read = await objects.get(key, bytes.length);
    if (state?.sizeBytes !== bytes.length || read?.equals(bytes) !== true)
      throw new ObjectsError('failed', `${objects.name}: what was written does not come back`);
    if (!(await isListed(objects, key)))
      throw new ObjectsError('failed', `${objects.name}: what was written is not listed`);
    tookMs = performance.now() - startedMs;
    isConditional = await objects.put(key, bytes, 'new').then(
      () => false,
      (error: unknown) => error instanceof ObjectsError && error.problem === 'busy',
    );
  } finally {
    await objects.remove(key);
  }
  return { tookMs, isConditional };
}

async function isListed(objects: Objects, key: string): Promise<boolean> {
  for await (const { key: listed } of objects.list(key)) if (listed === key) return true;
  return false;
}
