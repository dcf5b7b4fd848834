import { randomBytes } from 'node:crypto';
import { bucketStore } from '../../src/quarantine/bucket-store.ts';
import type { Objects } from '../../src/quarantine/objects.ts';
import { s3Objects, type S3Options } from '../../src/quarantine/s3-objects.ts';
import {
  storedQuarantine,
  type StoredQuarantine,
  type StoredQuarantineOptions,
} from '../../src/quarantine/stored-quarantine.ts';
import type { S3Server } from '../support/s3-server.ts';
import type { ContractPlace } from './quarantine-contract.ts';

export type BucketPlace = ContractPlace & {
  readonly options: S3Options;
  readonly objects: Objects;
  /** The same place through other objects, by another clock. */
  readonly through: (
    objects: Objects,
    options?: StoredQuarantineOptions,
    now?: () => number,
  ) => StoredQuarantine;
};

/** Messages get their own second in real use; a test does not wait for it. */
const atOnce = () => Promise.resolve();

/** An empty place in a bucket of this server. */
export function bucketPlace(
  { endpoint }: Pick<S3Server, 'endpoint'>,
  bucket: string,
  { timeoutMs = 5000, isPatient = true } = {},
): BucketPlace {
  const prefix = `${randomBytes(6).toString('hex')}/`;
  const options = { bucket, prefix, endpoint, region: null, isPathStyle: true, timeoutMs };
  const objects = s3Objects(options);
  const through: BucketPlace['through'] = (others, settings = {}, now = Date.now) =>
    storedQuarantine(
      bucketStore(others, { id: 's3-test', now, ...(isPatient ? {} : { pause: atOnce }) }),
      settings,
    );
  return {
    options,
    objects,
    through,
    open: (settings) => Promise.resolve(through(objects, settings)),
    names: async () => (await Array.fromAsync(objects.list())).map(({ key }) => key),
    write: async (name, bytes) => {
      await objects.put(name, Buffer.from(bytes), null);
    },
    remove: (name) => objects.remove(name),
  };
}
