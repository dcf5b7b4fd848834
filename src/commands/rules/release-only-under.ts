import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../config/settings.ts';
import { openLiveStore } from '../../live/open-live-store.ts';
import { allHeld } from '../../quarantine/all-held.ts';
import type { Effect } from '../../review/review.ts';
import type { CommandContext } from '../command.ts';
import { patientStoreTimeoutMs } from '../offline-analysis.ts';
import { openDesk, type Desk } from '../review/open-desk.ts';

/** What became of the mail that one set of rules alone had kept. */
export type ReleasedOnlyUnder = {
  readonly ruleset: string;
  readonly released: number;
  /** Not everybody has them; they stay held, and a second run tries again. */
  readonly stillHeld: number;
};

export type ReleaseOnlyUnderOptions = {
  readonly settings: Settings;
  /** Version of the rules. */
  readonly ruleset: string;
  readonly reason: string;
  /** Told of each message. */
  readonly onMessage: (effect: Effect) => void;
};

/** Messages of one act: who is killed in between has not done much without a record. */
const perAct = 20;
/** Longest wait for processes that still judge by the set. */
const patienceMs = 5000;
const lookEveryMs = 100;

/**
 * Sends on everything that is held only because of a set of rules, as `quarantine release` does. May be repeated: what
 * everybody has is not sent again.
 */
export async function releaseOnlyUnder(
  context: CommandContext,
  { settings, ruleset, reason, onMessage }: ReleaseOnlyUnderOptions,
): Promise<ReleasedOnlyUnder> {
  await allHaveLeft(settings, ruleset);
  await using desk = await openDesk(context, settings);
  const tried = new Set<string>();
  let [released, stillHeld] = [0, 0];
  for (let ids = await next(desk, ruleset, tried); ids.length > 0;) {
    const act = await desk.review.release({ messages: ids }, desk.by, { reason });
    for (const effect of act.effects) {
      tried.add(effect.message);
      const isOut = effect.outcome === 'done' || effect.outcome === 'already';
      if (isOut) released++;
      else stillHeld++;
      onMessage(effect);
    }
    if (context.signal.aborted) break;
    ids = await next(desk, ruleset, tried);
  }
  return { ruleset, released, stillHeld };
}

/** Until the last one: what was under way while the rules changed may be held a moment later. */
async function next(
  { quarantine }: Pick<Desk, 'quarantine'>,
  ruleset: string,
  tried: ReadonlySet<string>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id, onlyUnder } of allHeld(quarantine, {
    state: 'held',
    onlyUnder: ruleset,
  })) {
    // An index finds by a hash: what it found is looked at.
    if (onlyUnder !== ruleset || tried.has(id)) continue;
    ids.push(id);
    if (ids.length >= perAct) break;
  }
  return ids;
}

async function allHaveLeft({ store }: Settings, ruleset: string): Promise<void> {
  await using live = await openLiveStore(store, {
    timeoutMs: patientStoreTimeoutMs,
    readOnly: true,
  });
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const processes = await live.processes().catch(() => []);
    if (!processes.some((one) => one.ruleset === ruleset || one.candidate === ruleset)) return;
    await sleep(lookEveryMs);
  }
}
