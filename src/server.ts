import { Resolver as DnsClient } from 'node:dns/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { arcSet } from './action/arc-seal.ts';
import { withoutForgedFields } from './action/without-forged-fields.ts';
import { createAlerts } from './alerts/alerts.ts';
import { createCatalogue } from './alias/catalogue.ts';
import { loadArcKey } from './arc-key.ts';
import { createAuthenticator } from './authentication/authenticate.ts';
import { createResolver, defaultResolverOptions } from './authentication/resolver.ts';
import { startAudit } from './audit/start-audit.ts';
import { openStore } from './baseline/open-store.ts';
import { defaultStoreLimits } from './baseline/store.ts';
import { formatHostPort, type HostPort } from './config/host-port.ts';
import type { RuleSet } from './config/rule-set.ts';
import { describeSettings, type Settings } from './config/settings.ts';
import { maySharePolicy, withMode } from './decision/recipient-mode.ts';
import { startConsole } from './console-in-background.ts';
import { watchStatus } from './console/watch-status.ts';
import type { ActiveRules, Dependencies } from './dependencies.ts';
import { createPseudonym } from './features/hash.ts';
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
import { startNotices } from './notices-in-background.ts';
import { poolInBackground } from './pooled-knowledge.ts';
import { proveRelayInBackground } from './prove-relay-in-background.ts';
import { loadPseudonymKey } from './pseudonym-key.ts';
import { openQuarantine } from './quarantine/directory-quarantine.ts';
import { startReviews } from './reviews-in-background.ts';
import { listAddresses } from './smtp/address-ranges.ts';
import { certificateFiles } from './smtp/certificate.ts';
import type { Content } from './smtp/content.ts';
import { deliverOnce } from './smtp/deliver-once.ts';
import { startFrontHop } from './smtp/front-hop.ts';
import { fromOuterClient } from './smtp/outer-client.ts';
import { defaultTimeouts } from './smtp/next-hop-settings.ts';
import { createWarning } from './recipient-warning.ts';
import { reply, type Reply } from './smtp/reply.ts';
import type { Envelope } from './smtp/transaction.ts';

export type ServerOptions = {
  readonly settings: Settings & { readonly nextHop: readonly HostPort[] };
  readonly rules: RuleSet;
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
  rules,
  log,
  version,
  now = () => new Date(),
}: ServerOptions): Promise<Server> {
  await using opened = new AsyncDisposableStack();
  const metrics = createMetrics(version);
  const recorded = recordEvents(metrics, log);
  const active = activate(rules, settings);
  metrics.rulesActivated(active);

  // Before the store: at the first start this makes the state directory, where the store lies by default.
  const quarantine = await openQuarantine(join(settings.stateDir, 'quarantine'));
  const baselines = opened.use(
    await openStore(settings.store, {
      limits: { ...defaultStoreLimits, ...active.policy.learning },
      timeoutMs: settings.storeTimeoutMs,
    }),
  );
  const audited = opened.use(await startAudit({ settings, events: recorded, now }));
  const watched = watchStatus(audited.events, now);
  const { events } = watched;
  audited.rulesActivated(active);
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
        windowDays: active.policy.learning.windowDays,
      },
      timeoutMs: settings.storeTimeoutMs,
      pseudonym,
      events: { onLookup: events.organizationAsked, onLost: events.organizationLost },
    }),
  );
  metrics.measureOrganization(() => organization.sizes());

  const pooled = opened.use(
    poolInBackground({ store: baselines, rules: () => active, events, now }),
  );
  const route = await nextHopRoute(settings);
  const deliver = (envelope: Envelope, content: Content) => deliverOnce(route, envelope, content);
  const reviews = opened.use(
    await startReviews({
      settings,
      quarantine,
      baselines,
      organization,
      audit: audited.audit,
      deliver,
      rules: () => active,
      pseudonym,
      events,
      now,
    }),
  );
  const notices = opened.use(
    await startNotices({
      settings,
      languages: active.notices,
      quarantine,
      expiryAction: 'release-tagged',
      deliver,
      review: reviews.review,
      audit: audited.audit,
      events,
      now,
    }),
  );
  metrics.measureNotices(notices.status);
  if (settings.noticeTo.length === 0 && settings.noticeRecipients === 'none')
    log.warn('nobody is told of held mail: name an administrator with noticeTo');
  const dependencies: Dependencies = {
    rules: () => pooled.withPriors(active),
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
    alerts: createAlerts(events),
    pseudonym,
    inheritedBy: pooled.inheritedBy,
    reviews: reviews.standing,
    quarantine: notices.watching(quarantine),
    learn: lessons.learn,
    feedOrganization: createOrganizationFeed(organization, { sample: settings.organizationSample }),
    remember: reviews.remember,
    events,
    analysisDeadlineMs: settings.analysisDeadlineMs,
    countsTraffic: true,
  };

  const draining = { begun: false };
  const health = {
    isDraining: () => draining.begun,
    checkNextHop: () => Promise.any(settings.nextHop.map(reach)),
    checkStore: () => baselines.ping(),
  };
  const console = opened.use(
    await startConsole({
      settings,
      version,
      sources: {
        review: reviews.review,
        quarantine,
        baselines,
        rules: () => active,
        pseudonym,
        auditHeads: audited.heads,
      },
      audit: audited.audit,
      requests: notices.requests,
      status: watched.read,
      readiness: createReadiness(health),
      events,
      now,
    }),
  );
  const http = opened.use(
    await startHttp({
      listen: settings.http,
      registry: metrics.registry,
      health,
      others: console.handle,
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
          admitRecipient(accepted, candidate, dependencies.rules()),
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
  opened.use(proveRelayInBackground(route, events));
  void attachments.warm();
  log.info(
    {
      version,
      ruleset: active.version,
      aliases: active.aliases.length,
      settings: describeSettings(settings),
    },
    'listening',
  );

  const owned = opened.move();
  return {
    smtp: frontHop.address,
    http: { host: http.address.address, port: http.address.port },
    links: notices.publicAddress,
    console: console.address,
    [Symbol.asyncDispose]: async () => {
      draining.begun = true;
      await owned.disposeAsync();
    },
  };
}

/** Puts the mode that a setting overrides into the rules, and makes the aliases findable. */
export function activate(rules: RuleSet, { mode }: Pick<Settings, 'mode'>): ActiveRules {
  const policy = mode === null ? rules.policy : withMode(rules.policy, mode);
  return { ...rules, policy, catalogue: createCatalogue(rules.aliases, policy.watch) };
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

async function reach({ host, port }: HostPort): Promise<void> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
