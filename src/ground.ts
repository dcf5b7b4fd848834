import { openRulesInForce, type OpenRules } from './activation/open-rules-in-force.ts';
import type { WatchedAlerts } from './alerts/alerts.ts';
import { startAudit, type RunningAudit } from './audit/start-audit.ts';
import { openStore } from './baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from './baseline/store.ts';
import type { RuleSet } from './config/rule-set.ts';
import type { Settings } from './config/settings.ts';
import { watchStatus, type WatchedStatus } from './console/watch-status.ts';
import { createPseudonym, type Pseudonym } from './features/hash.ts';
import { bucketIsForOne, openHeldMailOf } from './held-mail.ts';
import { refuseMilterSettings } from './milter-settings.ts';
import { nextHopRoute } from './next-hop-route.ts';
import type { Events } from './observability/events.ts';
import type { Log } from './observability/log.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { recordEvents } from './observability/record-events.ts';
import type { OrganizationLedgers } from './organization/ledgers.ts';
import { openOrganization } from './organization/open-organization.ts';
import { loadPseudonymKey } from './pseudonym-key.ts';
import type { HeldMail } from './quarantine/open-held-mail.ts';
import { rulesInBackground, type RulesInBackground } from './rules-in-background.ts';
import type { NextHopRoute } from './smtp/next-hop-settings.ts';
import { useStateDirectory } from './state-directory.ts';

export type GroundOptions = {
  /** Without a next hop there must be `milterListen`. */
  readonly settings: Settings;
  /** What the rules directory holds; null where it cannot be used, and rules that were in force before have to do. */
  readonly rules: RuleSet | null;
  /** Files that change in the rules directory are taken, where its policy says so. */
  readonly watchesRules?: boolean;
  /** Another process of this machine has the console, decides about rules, and speaks for all of them. */
  readonly takesMailOnly?: boolean;
  readonly log: Log;
  readonly version: string;
  /** What messages are stamped with on receipt; real time when absent. */
  readonly now?: () => Date;
};

/** What both those who serve people and those who take mail stand on. */
export type Ground = Required<Pick<GroundOptions, 'settings' | 'log' | 'version' | 'now'>> & {
  readonly metrics: Metrics;
  readonly events: Events;
  readonly audited: RunningAudit;
  readonly watched: WatchedStatus;
  readonly rules: OpenRules;
  readonly governed: RulesInBackground;
  readonly quarantine: HeldMail;
  readonly baselines: BaselineStore;
  readonly organization: OrganizationLedgers;
  readonly alerts: WatchedAlerts;
  readonly pseudonym: Pseudonym;
  /** Null: there is no front hop, mail is only judged for mail servers that ask. */
  readonly route: NextHopRoute | null;
};

/**
 * Opens stores, rules and logs; `opened` owns them.
 * @throws Error in one sentence when state directory, store or quarantine cannot be used.
 */
export async function openGround(
  {
    settings,
    rules: directory,
    watchesRules = false,
    takesMailOnly = false,
    log,
    version,
    now = () => new Date(),
  }: GroundOptions,
  createAlerts: (events: Events) => WatchedAlerts,
  opened: AsyncDisposableStack,
): Promise<Ground> {
  refuseMilterSettings(settings);
  const metrics = createMetrics(version);
  const recorded = recordEvents(metrics, log);
  // Before the store: at the first start this makes the state directory, where the store lies by default.
  opened.use(await useStateDirectory(settings.stateDir));
  const quarantine = opened.use(
    await openHeldMailOf(settings, {
      create: true,
      onIndexFailed: recorded.quarantineIndexFailed,
    }),
  );
  const forOne = bucketIsForOne(settings);
  if (forOne !== null) log.warn(forOne);
  const rules = opened.use(await openRulesInForce({ settings, directory, now }));
  for (const complaint of rules.complaints) log.error(complaint);
  const { active: first, candidate } = rules.inForce.loaded();
  metrics.rulesActivated(first, candidate);
  const baselines = opened.use(
    await openStore(settings.store, {
      limits: { ...defaultStoreLimits, ...first.policy.learning },
      timeoutMs: settings.storeTimeoutMs,
    }),
  );
  const audited = opened.use(await startAudit({ settings, events: recorded, now }));
  const watched = watchStatus(audited.events, now);
  const { events } = watched;
  audited.rulesActivated(first);
  const pseudonym = createPseudonym(await loadPseudonymKey(settings.stateDir));
  const organization = opened.use(
    await openOrganization(settings.store, {
      limits: {
        values: settings.organizationValues,
        windowDays: first.policy.learning.windowDays,
      },
      timeoutMs: settings.storeTimeoutMs,
      pseudonym,
      events: { onLookup: events.organizationAsked, onLost: events.organizationLost },
    }),
  );
  const { nextHop } = settings;
  const route = nextHop === null ? null : await nextHopRoute({ ...settings, nextHop });
  const alerts = createAlerts(events);
  const governed = opened.use(
    await rulesInBackground({
      ...{ settings, rules, directory, alerts, quarantine, events, now },
      watches: watchesRules,
      leads: !takesMailOnly,
      onNotShared: (error) => log.warn({ error }, 'live state not shared'),
    }),
  );
  return {
    ...{ settings, log, version, now, metrics, events, audited, watched, rules, governed },
    ...{ quarantine, baselines, organization, alerts, pseudonym, route },
  };
}
