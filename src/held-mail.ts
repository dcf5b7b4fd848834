import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { splitBucket } from './config/bucket-location.ts';
import type { Settings } from './config/settings.ts';
import type { BucketOptions } from './quarantine/bucket-quarantine.ts';
import { openHeldMail, type HeldMail } from './quarantine/open-held-mail.ts';

export type HeldMailSettings = Pick<
  Settings,
  | 'stateDir'
  | 'store'
  | 'storeTimeoutMs'
  | 'quarantineKeyFile'
  | 'maxQuarantineBytes'
  | keyof BucketSettings
>;

export type BucketSettings = Pick<
  Settings,
  | 'quarantineStore'
  | 'quarantineS3Endpoint'
  | 'quarantineS3Region'
  | 'quarantineS3Addressing'
  | 'quarantineTimeoutMs'
>;

export function quarantineDirectory({ stateDir }: Pick<Settings, 'stateDir'>): string {
  return join(stateDir, 'quarantine');
}

/** Where held mail goes instead of the directory, or null. */
export function bucketOf(settings: BucketSettings): BucketOptions | null {
  const { quarantineStore, quarantineS3Endpoint: endpoint, quarantineS3Addressing } = settings;
  if (quarantineStore === null) return null;
  return {
    ...splitBucket(quarantineStore),
    endpoint,
    region: settings.quarantineS3Region,
    isPathStyle:
      quarantineS3Addressing === 'auto' ? endpoint !== null : quarantineS3Addressing === 'path',
    timeoutMs: settings.quarantineTimeoutMs,
  };
}

/**
 * Why no other proxy may use the bucket, or null: what one does to a message others must not do at the same time, and
 * they learn of that through the index.
 */
export function bucketIsForOne({
  quarantineStore,
  store,
}: Pick<Settings, 'quarantineStore' | 'store'>): string | null {
  return quarantineStore !== null && store.startsWith('sqlite:')
    ? `${quarantineStore} is for this machine alone: its index is a file here, so that another proxy with the same bucket would release mail twice; several proxies need \`store\` in Redis`
    : null;
}

/**
 * The quarantine of these settings. Without `create` a directory that is not there is `missing`.
 * @throws QuarantineError when the directory cannot be used, Error for a bad key file; never for want of an index.
 */
export async function openHeldMailOf(
  settings: HeldMailSettings,
  {
    create,
    onIndexFailed,
  }: { readonly create: boolean; readonly onIndexFailed: (error: unknown) => void },
): Promise<HeldMail> {
  // The index lies beside the baselines, by default here.
  if (create) await mkdir(settings.stateDir, { recursive: true, mode: 0o700 });
  return openHeldMail({
    directory: quarantineDirectory(settings),
    bucket: bucketOf(settings),
    store: settings.store,
    storeTimeoutMs: settings.storeTimeoutMs,
    keyFile: settings.quarantineKeyFile,
    maxBytes: settings.maxQuarantineBytes === 0 ? null : settings.maxQuarantineBytes,
    create,
    onIndexFailed,
  });
}
