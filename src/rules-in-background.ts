import { followDirectory } from './activation/follow-directory.ts';
import type { OpenRules } from './activation/open-rules-in-force.ts';
import { knowRulesBefore, type RulesBeforeThem } from './activation/rules-before.ts';
import type { LoadedRules } from './activation/rules-in-force.ts';
import type { WatchedAlerts } from './alerts/alerts.ts';
import type { RuleSet } from './config/rule-set.ts';
import type { Settings } from './config/settings.ts';
import { openLiveStore } from './live/open-live-store.ts';
import { reportLive } from './live/report-live.ts';
import type { Events } from './observability/events.ts';
import type { HeldMail } from './quarantine/open-held-mail.ts';

export type RulesInBackgroundOptions = {
  readonly settings: Settings;
  readonly rules: OpenRules;
  /** What the rules directory held at the start; null where it cannot be used. */
  readonly directory: RuleSet | null;
  readonly alerts: WatchedAlerts;
  readonly quarantine: Pick<HeldMail, 'directoryId'>;
  readonly events: Events;
  readonly now: () => Date;
  /** Files that change in the rules directory are taken, where its policy says so. */
  readonly watches: boolean;
  /** False beside a process that takes what the directory holds, and counts for all of this machine. */
  readonly leads: boolean;
  /** Other processes cannot be told how this one is, nor asked. */
  readonly onNotShared: (error: unknown) => void;
};

export type RulesInBackground = AsyncDisposable & {
  /** The set that mail is held against where the one it is judged by is new. */
  readonly before: RulesBeforeThem['of'];
  /** From now on what the store says and what the directory holds is taken. */
  readonly follow: () => void;
  /** Takes what the rules directory holds now, where it is valid; nothing before `follow`. */
  readonly reload: () => Promise<void>;
};

/** Between the choice of its rules and the end of its analysis a message is read and rid of forged fields as well. */
const besidesAnalysisMs = 10_000;

/** Keeps rules current beside the message path, and says to other processes and to people how this one stands. */
export async function rulesInBackground(
  options: RulesInBackgroundOptions,
): Promise<RulesInBackground> {
  const { settings, rules, directory, alerts, events, now, watches } = options;
  const { inForce } = rules;
  await using opened = new AsyncDisposableStack();
  const inFlightMs = settings.analysisDeadlineMs + besidesAnalysisMs;
  const before = knowRulesBefore({ ...rules, settings, now, inFlightMs });
  await before.refresh().catch(events.rulesNotFollowed);
  const timeoutMs = settings.storeTimeoutMs;
  const live = opened.use(await openLiveStore(settings.store, { timeoutMs }));
  let refusedReloads = 0;
  opened.use(
    await reportLive({
      store: live,
      host: settings.hostname,
      storedInForce: rules.store.inForce,
      quarantine: options.quarantine.directoryId,
      ...{ alerts, inForce, now },
      refusedReloads: () => refusedReloads,
      counts: options.leads,
      onFailed: options.onNotShared,
    }),
  );
  const watch = ({ active, candidate }: LoadedRules) => {
    const tried = candidate === null ? [] : [candidate.rules.version];
    alerts.rulesets.follow([active.version, ...tried], { atMs: now().getTime(), inFlightMs });
  };
  watch(inForce.loaded());
  const heard: Events = {
    ...events,
    rulesChanged: (loaded, previous) => {
      before.changed(loaded, previous);
      watch(loaded);
      events.rulesChanged(loaded, previous);
    },
    rulesRefused: (refused, refusals) => {
      refusedReloads++;
      events.rulesRefused(refused, refusals);
    },
  };
  const first = inForce.loaded();
  const owned = opened.move();
  let following: ReturnType<typeof followDirectory> | null = null;
  return {
    before: before.of,
    follow: () => {
      following = owned.use(
        followDirectory({
          ...{ settings, rules, now, watches },
          events: heard,
          catchUp: before.refresh,
        }),
      );
      // It is in force already at the first start, and mostly later on; if not, it has to pass what a changed file has to.
      if (!options.leads) return;
      if (directory?.version !== first.active.version || first.sequence < 1)
        void following.activate('start');
    },
    reload: async () => following?.activate('sighup'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
