import { pause } from '../pause.ts';
import type { Usage } from '../quarantine/usage.ts';

const hourMs = 3_600_000;

/** Measures what the quarantine takes: each process keeps to its quota by that, and others fill it and empty it as well. */
export function measureUsage(
  usage: Pick<Usage, 'measure'>,
  onFailed: (error: unknown) => void,
): AsyncDisposable {
  const stopping = new AbortController();
  const measuring = (async () => {
    do await usage.measure().catch(onFailed);
    while (await pause(hourMs, stopping.signal));
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await measuring;
    },
  };
}
