import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from './config/settings.ts';
import { openHeldMail, type HeldMail } from './quarantine/open-held-mail.ts';

export type HeldMailSettings = Pick<
  Settings,
  'stateDir' | 'store' | 'storeTimeoutMs' | 'quarantineKeyFile' | 'maxQuarantineBytes'
>;

export function quarantineDirectory({ stateDir }: Pick<Settings, 'stateDir'>): string {
  return join(stateDir, 'quarantine');
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
    store: settings.store,
    storeTimeoutMs: settings.storeTimeoutMs,
    keyFile: settings.quarantineKeyFile,
    maxBytes: settings.maxQuarantineBytes === 0 ? null : settings.maxQuarantineBytes,
    create,
    onIndexFailed,
  });
}
