import { openRulesInForce } from './activation/open-rules-in-force.ts';
import { createAlerts } from './alerts/alerts.ts';
import { startAudit } from './audit/start-audit.ts';
import { openStore } from './baseline/open-store.ts';
import { defaultStoreLimits } from './baseline/store.ts';
import type { HostPort } from './config/host-port.ts';
import type { RuleFileCache } from './config/rule-file-cache.ts';
import type { RuleSet } from './config/rule-set.ts';
import { describeSettings, type Settings } from './config/settings.ts';
import { effectivePolicy } from './decision/effective-policy.ts';
import { watchStatus } from './console/watch-status.ts';
import { startDesk } from './desk.ts';
import { createPseudonym } from './features/hash.ts';
import { bucketIsForOne, openHeldMailOf } from './held-mail.ts';
import { openOrganization } from './organization/open-organization.ts';
import { startHttp } from './observability/http.ts';
import type { Log } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { createReadiness } from './observability/readiness.ts';
import { recordEvents } from './observability/record-events.ts';
import { nextHopRoute } from './next-hop-route.ts';
import { proveRelayInBackground } from './prove-relay-in-background.ts';
import { loadPseudonymKey } from './pseudonym-key.ts';
import { healthOf } from './site-health.ts';
import { deliverOnce } from './smtp/deliver-once.ts';
import { rulesInBackground } from './rules-in-background.ts';
import { takeMail } from './take-mail.ts';

export type ServerOptions = {
  readonly settings: Settings & { readonly nextHop: readonly HostPort[] };
  /** What the rules directory holds; null where it cannot be used, and rules that were in force before have to do. */
  readonly rules: RuleSet | null;
  /** What `rules` were loaded with; sets that come later load faster. */
  readonly ruleFiles?: RuleFileCache;
  /** Files that change in the rules directory are taken, where its policy says so. */
  readonly watchesRules?: boolean;
  readonly log: Log;
  readonly version: string;
  /** What messages are stamped with on receipt; real time when absent. */
  readonly now?: () => Date;
};

/** Disposing drains: no new connections, transactions in flight end, then everything is closed in reverse order. */
export type Server = AsyncDisposable & {
  readonly smtp: HostPort;
  readonly http: HostPort;
  /** Pages behind the links of notices; null without `publicUrl`. */
  readonly links: HostPort | null;
  /** The console's own address; null where it is at `http`, or off. */
  readonly console: HostPort | null;
  /** Takes what the rules directory holds now, where it is valid. */
  readonly reloadRules: () => Promise<void>;
};

/**
 * Composition root: builds every adapter, injects them into the pipeline, and listens.
 * @throws Error in one sentence when a port is in use, or state directory, store or quarantine cannot be used.
 */
export async function startServer({
  settings,
  rules: directory,
  ruleFiles: cache = new Map(),
  watchesRules = false,
  log,
  version,
  now = () => new Date(),
}: ServerOptions): Promise<Server> {
  await using opened = new AsyncDisposableStack();
  const metrics = createMetrics(version);
  const recorded = recordEvents(metrics, log);

  // Before the store: at the first start this makes the state directory, where the store lies by default.
  const quarantine = opened.use(
    await openHeldMailOf(settings, {
      create: true,
      onIndexFailed: recorded.quarantineIndexFailed,
    }),
  );
  const forOne = bucketIsForOne(settings);
  if (forOne !== null) log.warn(forOne);
  const rules = opened.use(await openRulesInForce({ settings, directory, cache, now }));
  for (const complaint of rules.complaints) log.error(complaint);
  const { inForce } = rules;
  const { active: first, candidate } = inForce.loaded();
  metrics.rulesActivated(first, candidate);
  metrics.measureQuarantine({
    ...quarantine,
    bytes: quarantine.usage.bytes,
    limitBytes: settings.maxQuarantineBytes,
  });
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
  metrics.measureOrganization(() => organization.sizes());
  const route = await nextHopRoute(settings);
  const alerts = createAlerts(events);
  const governed = opened.use(
    await rulesInBackground({
      ...{ settings, rules, directory, cache, alerts, quarantine, events, now },
      watches: watchesRules,
      onNotShared: (error) => log.warn({ error }, 'live state not shared'),
    }),
  );
  const draining = { begun: false };
  const readiness = createReadiness(healthOf(settings.nextHop, baselines, () => draining.begun));
  const desk = opened.use(
    await startDesk({
      settings,
      version,
      log,
      metrics,
      events,
      audited,
      status: watched.read,
      readiness,
      quarantine,
      baselines,
      organization,
      pseudonym,
      rules: inForce.current,
      policyInForce: (alias) => {
        const policy = alerts.withBudgets(inForce.current().policy, now());
        return effectivePolicy(policy, { alias, purpose: null }, []);
      },
      deliver: (envelope, content) => deliverOnce(route, envelope, content),
      now,
    }),
  );
  const http = opened.use(
    await startHttp({
      listen: settings.http,
      registry: metrics.registry,
      readiness,
      others: desk.handle,
    }),
  );
  const mail = opened.use(
    await takeMail({
      ...{ settings, route, log, metrics, events, baselines, organization },
      ...{ alerts, pseudonym, desk, now },
      rules: inForce,
      rulesBefore: governed.before,
    }),
  );
  governed.follow();
  opened.use(proveRelayInBackground(route, events));
  log.info(
    {
      version,
      ruleset: first.version,
      aliases: first.aliases.length,
      settings: describeSettings(settings),
    },
    'listening',
  );

  const owned = opened.move();
  return {
    smtp: mail.address,
    http: { host: http.address.address, port: http.address.port },
    links: desk.links,
    console: desk.console,
    reloadRules: governed.reload,
    [Symbol.asyncDispose]: async () => {
      draining.begun = true;
      await owned.disposeAsync();
    },
  };
}
