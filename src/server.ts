import { Resolver as DnsClient } from 'node:dns/promises';
import { join } from 'node:path';
import { arcSet } from './action/arc-seal.ts';
import { compareShadow } from './activation/compare-shadow.ts';
import { openRulesInForce } from './activation/open-rules-in-force.ts';
import { withoutForgedFields } from './action/without-forged-fields.ts';
import { createAlerts } from './alerts/alerts.ts';
import { loadArcKey } from './arc-key.ts';
import { createAuthenticator } from './authentication/authenticate.ts';
import { createResolver, defaultResolverOptions } from './authentication/resolver.ts';
import { startAudit } from './audit/start-audit.ts';
import { openStore } from './baseline/open-store.ts';
import { defaultStoreLimits } from './baseline/store.ts';
import { formatHostPort, type HostPort } from './config/host-port.ts';
import type { RuleFileCache } from './config/rule-file-cache.ts';
import type { RuleSet } from './config/rule-set.ts';
import { describeSettings, type Settings } from './config/settings.ts';
import { effectivePolicy } from './decision/effective-policy.ts';
import { maySharePolicy } from './decision/recipient-mode.ts';
import { watchStatus } from './console/watch-status.ts';
import type { ActiveRules, Dependencies } from './dependencies.ts';
import { startDesk } from './desk.ts';
import { createPseudonym } from './features/hash.ts';
import { bucketIsForOne, openHeldMailOf } from './held-mail.ts';
import { createLessons } from './lessons.ts';
import { openOrganization } from './organization/open-organization.ts';
import { createOrganizationFeed } from './organization-feed.ts';
import { createAttachmentReader } from './message/attachments/attachment-reader.ts';
import { startHttp } from './observability/http.ts';
import type { Log } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { createReadiness } from './observability/readiness.ts';
import { recordEvents } from './observability/record-events.ts';
import { processTransaction } from './pipeline.ts';
import { nextHopRoute } from './next-hop-route.ts';
import { poolInBackground } from './pooled-knowledge.ts';
import { proveRelayInBackground } from './prove-relay-in-background.ts';
import { loadPseudonymKey } from './pseudonym-key.ts';
import { healthOf } from './site-health.ts';
import { listAddresses } from './smtp/address-ranges.ts';
import { certificateFiles } from './smtp/certificate.ts';
import { deliverOnce } from './smtp/deliver-once.ts';
import { startFrontHop } from './smtp/front-hop.ts';
import { fromOuterClient } from './smtp/outer-client.ts';
import { defaultTimeouts } from './smtp/next-hop-settings.ts';
import { createWarning } from './recipient-warning.ts';
import { rulesInBackground } from './rules-in-background.ts';
import { keepVectorsIn } from './vectors-in-background.ts';
import { reply, type Reply } from './smtp/reply.ts';

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

/** Shortest part of the analysis deadline that is left to parsing and scoring after authentication. */
const scoringShare = 0.2;
const dnsQueriesPerMessage = 60;

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
  metrics.measureQuarantine({ ...quarantine, bytes: quarantine.usage.bytes });
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
  const arcKey = await loadArcKey(settings);
  const servers = settings.dns.map(formatHostPort);
  const resolver = opened.use(
    createResolver({ ...defaultResolverOptions, servers, timeoutMs: settings.dnsTimeoutMs }),
  );
  const attachments = opened.use(createAttachmentReader({ onPart: events.attachmentRead }));
  const lessons = opened.use(createLessons(baselines, events));
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

  const vectors = opened.use(
    keepVectorsIn(settings.stateDir, {
      pseudonym,
      events: { onKept: metrics.vectorsKept.set, onLost: events.vectorsLost },
      now,
    }),
  );
  const pooled = opened.use(
    poolInBackground({ store: baselines, rules: inForce.current, events, now }),
  );
  const route = await nextHopRoute(settings);
  const alerts = createAlerts(events);
  const governed = opened.use(
    await rulesInBackground({
      ...{ settings, rules, directory, cache, alerts, events, now },
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
  const dependencies: Dependencies = {
    rules: (message) => pooled.withPriors(inForce.chooseFor(message)),
    names: settings,
    authenticate: createAuthenticator({
      resolver,
      authservId: settings.authservId,
      deadlineMs: settings.analysisDeadlineMs * (1 - scoringShare),
      maxQueries: dnsQueriesPerMessage,
      onError: (error, transactionId) => events.failedOpen('bug', error, transactionId),
    }),
    readAttachments: attachments.read,
    warnRecipients: createWarning({
      names: settings,
      seal: arcKey === null ? null : (toSeal) => arcSet(toSeal, arcKey),
      events,
    }),
    withoutForgedFields: (transaction) => withoutForgedFields(transaction, settings.authservId),
    baselines,
    organization,
    alerts,
    rulesBefore: (judging, at) => {
      const before = governed.before(judging, at);
      return before && pooled.withPriors(before);
    },
    pseudonym,
    inheritedBy: pooled.inheritedBy,
    reviews: desk.standing,
    quarantine: desk.quarantine,
    quarantineDays: settings.quarantineDays,
    learn: lessons.learn,
    feedOrganization: createOrganizationFeed(organization, { sample: settings.organizationSample }),
    remember: desk.remember,
    keepVector: vectors.keep,
    events,
    onJudged: compareShadow({
      shadow: () => {
        const shadow = inForce.shadow();
        return shadow && pooled.withPriors(shadow);
      },
      ...{ baselines, organization, alerts, pseudonym },
      onCompared: events.rulesShadowed,
    }),
    analysisDeadlineMs: settings.analysisDeadlineMs,
    countsTraffic: true,
  };

  const http = opened.use(
    await startHttp({
      listen: settings.http,
      registry: metrics.registry,
      readiness,
      others: desk.handle,
    }),
  );
  const isTrusted = listAddresses(settings.trustedRelays);
  const frontHop = opened.use(
    await startFrontHop(
      {
        ...settings,
        route,
        certificate: certificateFiles(settings),
        timeouts: {
          ...defaultTimeouts,
          clientIdleMs: settings.clientIdleMs,
          nextHopFinalReplyMs: settings.relayDeadlineMs,
        },
        limits: settings,
        spool: {
          directory: join(settings.stateDir, 'spool'),
          memoryBytes: settings.spoolMemoryBytes,
          maxBytes: settings.maxSpoolBytes,
        },
        admitRecipient: (accepted, candidate) =>
          admitRecipient(accepted, candidate, inForce.current()),
        resolver: reverseResolver(servers, settings.dnsTimeoutMs),
        onError: (error) => log.warn({ error }, 'smtp'),
        onRefused: events.smtpRefused,
        onDuplicateRisk: events.duplicateRisk,
        now,
      },
      async (received, nextHop) =>
        processTransaction(await fromOuterClient(received, isTrusted), nextHop, dependencies),
    ),
  );
  governed.follow();
  opened.use(proveRelayInBackground(route, events));
  void attachments.warm();
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
    smtp: frontHop.address,
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

function admitRecipient(
  [first]: readonly string[],
  candidate: string,
  { policy }: ActiveRules,
): Reply | null {
  return first === undefined || maySharePolicy(first, candidate, policy)
    ? null
    : reply(452, '4.5.3', 'Send this recipient in another transaction');
}

function reverseResolver(servers: readonly string[], timeoutMs: number): DnsClient {
  const client = new DnsClient({ timeout: timeoutMs, tries: 1 });
  if (servers.length > 0) client.setServers(servers);
  return client;
}
