import { arcSet } from './action/arc-seal.ts';
import { withoutForgedFields } from './action/without-forged-fields.ts';
import { compareShadow } from './activation/compare-shadow.ts';
import { loadArcKey } from './arc-key.ts';
import { createResolver, defaultResolverOptions } from './authentication/resolver.ts';
import { formatHostPort } from './config/host-port.ts';
import type { Settings } from './config/settings.ts';
import { maySharePolicy } from './decision/recipient-mode.ts';
import type { ActiveRules, Dependencies } from './dependencies.ts';
import type { DeskOfMail } from './desk.ts';
import type { Ground } from './ground.ts';
import { besideTheLoop } from './large-messages/beside-the-loop.ts';
import { createLargeMessageThread } from './large-messages/large-message-thread.ts';
import { createLessons } from './lessons.ts';
import { startListeners, type Listeners } from './listeners.ts';
import { createAttachmentReader } from './message/attachments/attachment-reader.ts';
import { createOrganizationFeed } from './organization-feed.ts';
import { processTransaction } from './pipeline.ts';
import { poolInBackground } from './pooled-knowledge.ts';
import { createWarning } from './recipient-warning.ts';
import type { ClientLimits } from './smtp/address-limits.ts';
import { listAddresses } from './smtp/address-ranges.ts';
import { fromOuterClient } from './smtp/outer-client.ts';
import { reply, type Reply } from './smtp/reply.ts';
import { keepVectorsIn } from './vectors-in-background.ts';

/** Shortest part of the analysis deadline that is left to parsing and scoring after authentication. */
const scoringShare = 0.2;
const dnsQueriesPerMessage = 60;

/**
 * Listens for mail, and takes each message through the pipeline. `clients` counts those of other processes as well; null
 * counts those of this one.
 * @throws Error in one sentence when the port is in use, or the spool or a key cannot be used.
 */
export async function takeMail(
  ground: Ground,
  desk: DeskOfMail,
  clients: ClientLimits | null = null,
): Promise<Listeners> {
  const { settings, metrics, events, baselines, organization } = ground;
  const { alerts, pseudonym, governed, now } = ground;
  const rules = ground.rules.inForce;
  await using opened = new AsyncDisposableStack();
  const arcKey = await loadArcKey(settings);
  const servers = settings.dns.map(formatHostPort);
  const resolver = opened.use(
    createResolver({ ...defaultResolverOptions, servers, timeoutMs: settings.dnsTimeoutMs }),
  );
  metrics.measureSite({ dns: () => resolver.statistics(), certificates: certificatesOf(settings) });
  const attachments = opened.use(createAttachmentReader({ onPart: events.attachmentRead }));
  const large = opened.use(createLargeMessageThread());
  const lessons = opened.use(createLessons(baselines, events));
  const vectors = opened.use(
    keepVectorsIn(settings.stateDir, {
      pseudonym,
      events: { onKept: metrics.vectorsKept.set, onLost: events.vectorsLost },
      now,
    }),
  );
  const pooled = opened.use(
    poolInBackground({ store: baselines, rules: rules.current, events, now }),
  );
  const dependencies: Dependencies = {
    rules: (message) => pooled.withPriors(rules.chooseFor(message)),
    names: settings,
    ...besideTheLoop(large, {
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
        const shadow = rules.shadow();
        return shadow && pooled.withPriors(shadow);
      },
      ...{ baselines, organization, alerts, pseudonym },
      onCompared: events.rulesShadowed,
    }),
    analysisDeadlineMs: settings.analysisDeadlineMs,
    countsTraffic: true,
  };
  const isTrusted = listAddresses(settings.trustedRelays);
  const listeners = opened.use(
    await startListeners({
      ground,
      clients,
      admitRecipient: (accepted, candidate) => admitRecipient(accepted, candidate, rules.current()),
      handle: async (received, nextHop) =>
        processTransaction(await fromOuterClient(received, isTrusted), nextHop, dependencies),
    }),
  );
  void attachments.warm();
  const owned = opened.move();
  return {
    smtp: listeners.smtp,
    milter: listeners.milter,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
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

function certificatesOf({ tlsCertFile, consoleTlsCertFile }: Settings) {
  return [
    ...(tlsCertFile === null ? [] : [{ use: 'smtp' as const, certFile: tlsCertFile }]),
    ...(consoleTlsCertFile === null
      ? []
      : [{ use: 'console' as const, certFile: consoleTlsCertFile }]),
  ];
}
