import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QuarantineError } from '../quarantine/quarantine-error.ts';
import type { ReviewStore } from './review-store.ts';

const claimMs = 60_000;
const patienceMs = 10_000;
const pollMs = 50;

/**
 * Runs `work` while nobody else does something of this name, here or on another node. A process that dies gives the name
 * back within a minute.
 * @throws `busy` when somebody else is at it for longer than ten seconds.
 */
export async function exclusively<Result>(
  store: Pick<ReviewStore, 'claim' | 'disclaim'>,
  name: string,
  work: () => Promise<Result>,
  busy = (sentence: string) => new Error(sentence),
): Promise<Result> {
  const owner = randomBytes(12).toString('hex');
  const untilMs = performance.now() + patienceMs;
  while (!(await store.claim(name, owner, claimMs))) {
    if (performance.now() > untilMs)
      throw busy(`somebody else is at ${name} just now: try again in a minute`);
    await sleep(pollMs);
  }
  const prolonging = setInterval(() => {
    store.claim(name, owner, claimMs).catch(() => undefined); // tried again before it is over
  }, claimMs / 4).unref();
  try {
    return await work();
  } finally {
    clearInterval(prolonging);
    await store.disclaim(name, owner).catch(() => undefined); // it goes by itself
  }
}

/** The same for one held message: what one person does to it never crosses what another does. @throws QuarantineError `busy` */
export function aloneWithMessage<Result>(
  store: Pick<ReviewStore, 'claim' | 'disclaim'>,
  id: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const busy = (sentence: string) => new QuarantineError('busy', sentence);
  return exclusively(store, `message ${id}`, work, busy);
}
