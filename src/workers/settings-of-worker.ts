import type { Settings } from '../config/settings.ts';

/**
 * What one of so many workers has of what they have together. Clients are counted together; room on disk is divided, since
 * it would be asked for at every piece of a message. Each has room for one message at least.
 */
export function settingsOfWorker(settings: Settings, count: number): Settings {
  const { maxSpoolBytes, maxMessageBytes } = settings;
  const share = Math.floor(maxSpoolBytes / count);
  return {
    ...settings,
    maxSpoolBytes: Math.max(share, Math.min(maxSpoolBytes, maxMessageBytes)),
  };
}
