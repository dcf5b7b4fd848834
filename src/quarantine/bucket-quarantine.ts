import { createHash } from 'node:crypto';
import { bucketName } from '../config/bucket-location.ts';
import { bucketStore } from './bucket-store.ts';
import type { HeldStore } from './held-store.ts';
import type { Objects } from './objects.ts';
import type { S3Options } from './s3-objects.ts';

export type BucketOptions = S3Options;

export type OpenBucket = Disposable & { readonly store: HeldStore; readonly objects: Objects };

/**
 * A bucket for held mail. It is not asked for anything yet: one that does not answer keeps no mail up that is not held.
 */
export async function openBucket(options: BucketOptions): Promise<OpenBucket> {
  // Whoever holds mail in a directory does not pay for the SDK.
  const { s3Objects } = await import('./s3-objects.ts');
  const objects = s3Objects(options);
  return {
    objects,
    store: bucketStore(objects, { id: bucketId(options) }),
    [Symbol.dispose]: () => {
      objects[Symbol.dispose]();
    },
  };
}

/** The same for all who share the bucket, by whatever name they reach its server. */
function bucketId({ bucket, prefix }: BucketOptions): string {
  const hash = createHash('sha256').update(bucketName({ bucket, prefix })).digest('hex');
  return `s3-${bucket.replace(/[^a-z0-9]+/g, '-').slice(0, 40)}-${hash.slice(0, 10)}`;
}
