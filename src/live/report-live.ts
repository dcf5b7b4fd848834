import { randomBytes } from 'node:crypto';
import { pause } from '../pause.ts';
import type { LiveStore } from './live-store.ts';
import { obeyOrders, type ObeyOrdersOptions } from './obey-orders.ts';
import { statusOf, type Self } from './status-of.ts';

export type ReportLiveOptions = Omit<ObeyOrdersOptions, 'store' | 'alerts'> & {
  readonly store: LiveStore;
  /** Id of the directory or bucket that held mail goes to. */
  readonly quarantine: string;
  readonly alerts: Self['alerts'] & ObeyOrdersOptions['alerts'];
  /** Sets that were not put in force since the start. */
  readonly refusedReloads: () => number;
  /** False where another process of this machine counts the mail of this one as well; true when absent. */
  readonly counts?: boolean;
  /** The store does not answer; it is tried again. Never throws. */
  readonly onFailed: (error: unknown) => void;
  readonly obeyEveryMs?: number;
  readonly sayEveryMs?: number;
};

/** An order has to be obeyed within a second. */
const usuallyObeyEveryMs = 250;
const usuallySayEveryMs = 2000;
const troubledEveryMs = 5000;
/** Who was killed is forgotten after so long. */
const keptMs = 15_000;

/** Says every few seconds how this process is, and obeys what is said about the breaker. Disposing takes leave. */
export async function reportLive(options: ReportLiveOptions): Promise<AsyncDisposable> {
  const { store, onFailed, now, obeyEveryMs = usuallyObeyEveryMs } = options;
  const { sayEveryMs = usuallySayEveryMs } = options;
  const process = randomBytes(4).toString('hex');
  const startedAt = now().toISOString();
  const stopping = new AbortController();
  let said = { text: '', atMs: -Infinity };

  const obey = obeyOrders(options);
  const say = async () => {
    const { host, quarantine, alerts, inForce, refusedReloads, counts = true } = options;
    const { active, candidate } = inForce.loaded();
    const status = statusOf(
      {
        ...{ host, process, quarantine, startedAt, alerts },
        ruleset: active.version,
        candidate: candidate?.rules.version ?? null,
        policy: active.policy,
        refusedReloads: refusedReloads(),
        counts,
      },
      now(),
    );
    const { ruleset, openings, compared } = status;
    const text = JSON.stringify([ruleset, status.candidate, openings.length, compared.length]);
    if (text === said.text && performance.now() - said.atMs < sayEveryMs) return;
    await store.say(process, status, keptMs);
    said = { text, atMs: performance.now() };
  };
  const step = () => obey().then(say);
  // Mail that comes first is under the word that was given last.
  await step().catch(onFailed);
  const reporting = (async () => {
    for (let waitMs = obeyEveryMs; await pause(waitMs, stopping.signal);) {
      waitMs = await step().then(
        () => obeyEveryMs,
        (error: unknown) => {
          onFailed(error);
          return troubledEveryMs;
        },
      );
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await reporting;
      await store.leave(process).catch(onFailed);
    },
  };
}
