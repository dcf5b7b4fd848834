import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../config/settings.ts';
import { openLiveStore } from '../../live/open-live-store.ts';
import type { ProcessStatus } from '../../live/process-status.ts';
import { allHeld } from '../../quarantine/all-held.ts';
import type { Effect } from '../../review/review.ts';
import type { CommandContext } from '../command.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import { openDesk, type Desk } from '../review/open-desk.ts';

/** What became of the mail that some sets of rules alone had kept. */
export type ReleasedOnlyUnder = {
  readonly released: number;
  /** Not everybody has them; they stay held, and a second run tries again. */
  readonly stillHeld: number;
  /** What lies in quarantines that cannot be read from here. */
  readonly elsewhere: readonly HeldElsewhere[];
  /** Stopped before all were tried. */
  readonly interrupted: boolean;
};

export type HeldElsewhere = {
  /** Id of its directory. */
  readonly quarantine: string;
  /** Hosts that hold mail there, as far as running processes say. */
  readonly hosts: readonly string[];
  readonly messages: number;
};

export type ReleaseOnlyUnderOptions = {
  readonly settings: Settings;
  /** Versions of the rules. */
  readonly rulesets: readonly string[];
  readonly reasonFor: (ruleset: string) => string;
  /** Told of each message. */
  readonly onMessage: (effect: Effect) => void;
};

/** Messages of one act: who is killed in between has not done much without a record. */
const perAct = 20;
/** Longest wait for processes that still judge by such a set. */
const patienceMs = 5000;
const lookEveryMs = 100;

/**
 * Sends on everything that is held only because of these sets of rules, as `quarantine release` does. May be repeated:
 * what everybody has is not sent again.
 */
export async function releaseOnlyUnder(
  context: CommandContext,
  { settings, rulesets, reasonFor, onMessage }: ReleaseOnlyUnderOptions,
): Promise<ReleasedOnlyUnder> {
  const processes = await allHaveLeft(settings, rulesets);
  await using desk = await openDesk(context, settings);
  const tried = new Set<string>();
  const elsewhere = new Map<string, number>();
  let [released, stillHeld] = [0, 0];
  for (const ruleset of rulesets) {
    for (;;) {
      const ids = await next(desk, ruleset, { tried, elsewhere });
      if (ids.length === 0 || context.signal.aborted) break;
      const act = await desk.review.release({ messages: ids }, desk.by, {
        reason: reasonFor(ruleset),
      });
      for (const effect of act.effects) {
        tried.add(effect.message);
        const isOut = effect.outcome === 'done' || effect.outcome === 'already';
        if (isOut) released++;
        else stillHeld++;
        onMessage(effect);
      }
    }
  }
  return {
    ...{ released, stillHeld, interrupted: context.signal.aborted },
    elsewhere: [...elsewhere].map(([quarantine, messages]) => ({
      ...{ quarantine, messages },
      hosts: hostsOf(quarantine, processes),
    })),
  };
}

function hostsOf(quarantine: string, processes: readonly ProcessStatus[]): readonly string[] {
  const there = processes.filter((one) => one.quarantine === quarantine);
  return [...new Set(there.map(({ host }) => host))].sort();
}

type Known = {
  readonly tried: Set<string>;
  /** Messages by directory of another node. */
  readonly elsewhere: Map<string, number>;
};

/** Until the last one: what was under way while the rules changed may be held a moment later. */
async function next(
  { quarantine }: Pick<Desk, 'quarantine'>,
  ruleset: string,
  { tried, elsewhere }: Known,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const filter = { state: 'held', onlyUnder: ruleset } as const;
  for await (const { id, onlyUnder } of allHeld(quarantine, filter)) {
    // An index finds by a hash: what it found is looked at.
    if (onlyUnder !== ruleset || tried.has(id)) continue;
    const directory = await quarantine.elsewhere(id);
    if (directory === null) ids.push(id);
    else {
      tried.add(id);
      elsewhere.set(directory, (elsewhere.get(directory) ?? 0) + 1);
    }
    if (ids.length >= perAct) break;
  }
  return ids;
}

/** Waits a while for processes that still judge by one of these sets. */
async function allHaveLeft(
  { store }: Settings,
  rulesets: readonly string[],
): Promise<readonly ProcessStatus[]> {
  await using live = await openLiveStore(store, {
    timeoutMs: patientStoreTimeoutMs,
    readOnly: true,
  });
  const judges = ({ ruleset, candidate }: ProcessStatus) =>
    rulesets.includes(ruleset) || (candidate !== null && rulesets.includes(candidate));
  const until = performance.now() + patienceMs;
  for (;;) {
    const processes = await live.processes().catch(() => []);
    if (!processes.some(judges) || performance.now() >= until) return processes;
    await sleep(lookEveryMs);
  }
}
