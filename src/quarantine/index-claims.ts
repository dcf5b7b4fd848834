import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QuarantineError } from './quarantine-error.ts';
import type { QuarantineIndex } from './quarantine-index.ts';

/** A process that dies gives a message back after this. */
const claimMs = 60_000;
const patienceMs = 5000;
const pollMs = 50;

/**
 * Claims of messages through the index, so that no two processes and no two nodes change one at the same time.
 * @throws QuarantineError `busy`, or `failed` where the index cannot be reached: nothing is changed then.
 */
export function claimThrough(
  index: Pick<QuarantineIndex, 'claim' | 'disclaim'>,
): (id: string) => Promise<AsyncDisposable> {
  return async (id) => {
    const holder = randomBytes(12).toString('hex');
    const take = () =>
      index.claim(id, holder, claimMs).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new QuarantineError('failed', `nothing was done to ${id}: ${reason}`, {
          cause: error,
        });
      });
    const untilMs = performance.now() + patienceMs;
    while (!(await take())) {
      if (performance.now() > untilMs)
        throw new QuarantineError(
          'busy',
          `somebody else is at ${id} just now: try again in a minute`,
        );
      await sleep(pollMs);
    }
    const renewing = setInterval(() => {
      index.claim(id, holder, claimMs).catch(() => undefined); // tried again before it is over
    }, claimMs / 4).unref();
    return {
      [Symbol.asyncDispose]: async () => {
        clearInterval(renewing);
        await index.disclaim(id, holder).catch(() => undefined); // it runs out by itself
      },
    };
  };
}
