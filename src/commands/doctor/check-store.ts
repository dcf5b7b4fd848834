import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../baseline/store.ts';
import type { Settings } from '../../config/settings.ts';
import { redactStoreLocation } from '../../config/store-location.ts';
import { failed, messageOf, milliseconds, ok, warning, type Finding } from './finding.ts';

const asks = 20;
const name = 'store';
const consequence = 'without it mail is relayed unjudged and nothing is learned';

/** Reads as scoring does, twenty times, without counting or creating anything. */
export async function checkStore({
  store: location,
  stateDir,
  storeTimeoutMs,
}: Pick<Settings, 'store' | 'stateDir' | 'storeTimeoutMs'>): Promise<Finding> {
  const shown = redactStoreLocation(location);
  const path = location.startsWith('sqlite:') ? location.slice('sqlite:'.length) : null;
  if (path !== null && path !== ':memory:' && !existsSync(path)) {
    const willBeThere = existsSync(dirname(path)) || resolve(dirname(path)) === resolve(stateDir);
    return willBeThere
      ? ok(name, `${shown} is not there yet: serve makes it`)
      : failed(name, `${shown}: there is no directory ${dirname(path)}`, [
          'make it, or correct --store: serve does not start without it',
        ]);
  }
  try {
    const timeoutMs = storeTimeoutMs;
    const options = { limits: defaultStoreLimits, timeoutMs, readOnly: path !== ':memory:' };
    await using store = await openStore(location, options);
    await store.ping();
    const medianMs = await medianLatency(store);
    const message = `${shown} answers in ${milliseconds(medianMs)} (median of ${asks})`;
    return medianMs < storeTimeoutMs / 3
      ? ok(name, message)
      : warning(name, `${message}, close to --store-timeout-ms ${storeTimeoutMs}`, [
          'use a store on this machine or in this network, or raise --store-timeout-ms: an answer that is late is none',
        ]);
  } catch (error) {
    const advice =
      path === null
        ? `start Redis, or correct --store and the firewall: ${consequence}`
        : `correct --store, or owner and mode of the file and its directory: ${consequence}`;
    return failed(name, `${shown}: ${messageOf(error)}`, [advice]);
  }
}

async function medianLatency(store: BaselineStore): Promise<number> {
  const values = Array.from({ length: 50 }, (_, index) => ({
    table: 'doctor',
    value: `${index}.example`,
  }));
  const at = new Date();
  const durations: number[] = [];
  for (let ask = 0; ask < asks; ask++) {
    const startedMs = performance.now();
    await store.observe({
      alias: 'aliaswatch-doctor',
      at,
      values,
      signature: null,
      recipients: [],
      actor: '',
      count: false,
    });
    durations.push(performance.now() - startedMs);
  }
  return durations.sort((left, right) => left - right)[asks / 2] ?? 0;
}
