import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../baseline/store.ts';

/** An empty store of this process alone. */
export function openMemoryStore(): Promise<BaselineStore> {
  return openStore('sqlite::memory:', { limits: defaultStoreLimits, timeoutMs: 1000 });
}
