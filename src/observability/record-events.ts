import { auditHeadMessage } from '../audit/published-log.ts';
import { statusClasses } from './console-metrics.ts';
import type { Events } from './events.ts';
import type { Log } from './log.ts';
import { replyClasses } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { recordRuleEvents } from './record-rule-events.ts';
import { recordWorkerEvents } from './record-worker-events.ts';
import { neverThrowing } from './never-throwing.ts';
import { transactionLine } from './transaction-line.ts';

/** Events as counters and log lines. A failure in here is dropped: observing mail must not stop it. */
export function recordEvents(metrics: Metrics, log: Log): Events {
  return {
    transactionCompleted: neverThrowing((completed) => {
      const { decision, alias, reply, score, transaction } = completed;
      metrics.transactions.inc({ verdict: decision.verdict, action: decision.effectiveAction });
      if (alias !== null) {
        metrics.aliasVerdicts.inc({ alias: metrics.aliasLabel(alias), verdict: decision.verdict });
        metrics.aliasWrote(alias, decision.verdict, transaction.receivedAt);
      }
      if (decision.campaign !== null && score !== null) metrics.flagged(score);
      metrics.transactionDuration.observe(completed.durationMs / 1000);
      for (const condition of decision.conditions) metrics.conditionMatched(condition);
      for (const { condition, error } of completed.conditionFailures)
        if (metrics.conditionFailed(condition, transaction.receivedAt.getTime()))
          log.warn(
            { condition, problem: error },
            'condition could not be asked: it counts as not met',
          );
      if (decision.limit !== null)
        metrics.limitExceeded.inc({ limit: decision.limit, action: decision.effectiveAction });
      const replyClass = replyClasses.find((name) => name.startsWith(String(reply.code)[0] ?? ''));
      if (replyClass !== undefined) metrics.smtpReplies.inc({ class: replyClass });
      log.info(transactionLine(completed), 'transaction');
    }),
    stageMeasured: neverThrowing((stage, durationMs) => {
      metrics.stageDuration.observe({ stage }, durationMs / 1000);
    }),
    failedOpen: neverThrowing((cause, error, id) => {
      metrics.failOpen.inc({ cause });
      log[cause === 'bug' ? 'error' : 'warn']({ id, cause, error }, 'failed open');
    }),
    messageHeld: neverThrowing((id, alias, sizeBytes) => {
      metrics.quarantineHeld.inc();
      metrics.quarantineBytes.inc(sizeBytes);
      log.warn({ id, alias, sizeBytes }, 'message held');
    }),
    holdFailed: neverThrowing((error, id) => {
      metrics.quarantineFailed.inc();
      log.error({ id, error }, 'message could not be held');
    }),
    quarantineSwept: neverThrowing((swept) => {
      metrics.countSwept(swept);
      const { failure, ...counts } = swept;
      const isNews = Object.values(counts).some((count) => count > 0);
      if (failure !== null) log.warn({ ...counts, error: failure }, 'quarantine swept');
      else if (isNews) log.info(counts, 'quarantine swept');
    }),
    quarantineSweepFailed: neverThrowing((error) => {
      metrics.quarantineSweepsFailed.inc();
      log.error({ error }, 'quarantine not swept');
    }),
    quarantineIndexFailed: neverThrowing((error) => {
      metrics.quarantineIndexFailed.inc();
      log.warn({ error }, 'index of the quarantine does not answer');
    }),
    smtpRefused: neverThrowing((reason) => {
      metrics.smtpRefused.inc({ reason });
      log.debug({ reason }, 'refused by a limit');
    }),
    duplicateRisk: neverThrowing((cause) => {
      metrics.duplicateRisk.inc({ cause });
      log.warn({ cause }, 'message may arrive twice');
    }),
    clientNotTold: neverThrowing((nextHop, clientIdentity) =>
      log.warn(
        { nextHop, clientIdentity },
        'the next hop does not learn who the client is: its blocklists, rates and relay permissions judge our address; Postfix: smtpd_authorized_xclient_hosts, others: `aliaswatch doctor`',
      ),
    ),
    nextHopAnswered: neverThrowing((stage, outcome) =>
      metrics.nextHopReplies.inc({ stage, class: outcome }),
    ),
    relayTested: neverThrowing((nextHop, proof) => {
      if (proof.kind === 'accepted') {
        metrics.openRelaySuspected.set(1);
        log.warn(
          { nextHop, reply: proof.reply },
          'open relay suspected: the next hop takes mail from strangers to foreign domains through us; run `aliaswatch doctor`',
        );
      } else log.debug({ nextHop, ...proof }, 'relay test');
    }),
    attachmentRead: neverThrowing((kind, outcome, error) => {
      metrics.attachments.inc({ kind, outcome });
      if (error !== null) log.warn({ kind, outcome, error }, 'attachment not read');
    }),
    recipientWarned: neverThrowing((kind, outcome, { id, error }) => {
      metrics.warnings.inc({ kind, outcome });
      if (outcome === 'failed') log.error({ id, kind, error }, 'recipients not warned');
      else log.info({ id, kind, outcome }, 'recipient warning');
    }),
    campaignSeen: neverThrowing(({ joined, isFirst, newMessages }, alias) => {
      const label = { alias: metrics.aliasLabel(alias) };
      if (isFirst) metrics.campaigns.inc(label);
      metrics.campaignMessages.inc(label);
      if (newMessages === null) return;
      const { id, aliases, by, messages } = joined;
      log.warn(
        { campaign: id, by, aliases, messages, newMessages },
        isFirst ? 'new campaign' : 'campaign goes on',
      );
    }),
    campaignFound: neverThrowing((undetectedMs, copies) =>
      metrics.campaignFound(undetectedMs, copies),
    ),
    breakerOpened: neverThrowing(({ cause, reason, advice }) => {
      metrics.breakerOpen.set({ cause }, 1);
      metrics.breakerOpened.inc({ cause });
      const known = { cause, reason, ...(advice === undefined ? {} : { advice }) };
      log.error(known, 'breaker opened: mail is only tagged, nothing is learned');
    }),
    breakerClosed: neverThrowing((cause) => {
      metrics.breakerOpen.set({ cause }, 0);
      log.warn({ cause }, 'breaker closed');
    }),
    holdCapped: neverThrowing((id, maxHeldPerHour, at) => {
      const messages = metrics.holdCapped(at.getTime());
      if (messages === null) return;
      const known = { id, maxHeldPerHour, messages };
      log.error(known, 'too many messages held within the hour: tagged instead');
    }),
    noticeTried: neverThrowing(({ id, kind, outcome, messages, reply }) => {
      metrics.notices.inc({ kind, outcome });
      const level = noticeLevels[outcome];
      log[level]({ notice: id, kind, outcome, messages, reply }, 'notice');
    }),
    noticeLost: neverThrowing((error, id) => {
      metrics.notices.inc({ kind: 'held', outcome: 'lost' });
      log.error({ id, error }, 'nobody will be told of a held message');
    }),
    noticesStopped: neverThrowing((error) => log.error({ error }, 'notices cannot be sent')),
    noticeLinkUsed: neverThrowing((purpose, outcome, { message, error }) => {
      metrics.noticeLinks.inc({ purpose, outcome });
      if (error !== null) log.error({ id: message, purpose, error }, 'link of a notice failed');
      else if (outcome !== 'invalid') log.info({ id: message, purpose, outcome }, 'notice link');
    }),
    reviewMessagesLost: neverThrowing((messages, error) => {
      metrics.reviewMessagesLost.inc(messages);
      log.warn({ messages, error }, 'watched messages not remembered for reviewers');
    }),
    vectorsLost: neverThrowing((messages, error) => {
      metrics.vectorsLost.inc(messages);
      const what = messages === 0 ? 'older messages not dropped that were' : 'scored messages not';
      log.warn({ messages, error }, `${what} kept for rules backtest`);
    }),
    reviewsNotRead: neverThrowing((error) => {
      metrics.reviewReadsFailed.inc();
      log.warn({ error }, 'approvals and confirmed attacks not read');
    }),
    reviewed: neverThrowing((kind) => metrics.reviewActs.inc({ kind })),
    consoleLogin: neverThrowing((method, outcome) => {
      metrics.consoleLogins.inc({ method, outcome });
      if (outcome !== 'accepted') log.warn({ method, outcome }, 'login to the console');
    }),
    consoleAnswered: neverThrowing((status) => {
      const statusClass = statusClasses.find((name) => name.startsWith(String(status).charAt(0)));
      if (statusClass !== undefined) metrics.consoleRequests.inc({ class: statusClass });
    }),
    consoleFailed: neverThrowing((error) => log.error({ error }, 'console failed')),
    budgetUsed: neverThrowing((budget, ratio) => metrics.budgetUsed.set({ budget }, ratio)),
    ...recordRuleEvents(metrics, log),
    ...recordWorkerEvents(metrics, log),
    auditLost: neverThrowing((act, error) => {
      metrics.auditLost.inc();
      log.error({ act, error }, 'not recorded in the audit log');
    }),
    auditHead: neverThrowing((head) => {
      metrics.auditHead(head);
      log.info({ ...head }, auditHeadMessage);
    }),
    auditHeadNotPublished: neverThrowing((error) => {
      metrics.auditNotPublished.inc();
      log.warn({ error }, 'audit head not published');
    }),
    auditDamaged: neverThrowing((writer, problem) => {
      metrics.auditDamaged.inc();
      log.error({ writer, problem }, 'audit log damaged: run `aliaswatch audit verify`');
    }),
    lessonLost: neverThrowing((error, id) => {
      metrics.lessonsLost.inc();
      log.warn({ id, error }, 'lesson lost');
    }),
    priorsFitted: neverThrowing((aliases, at) => {
      metrics.priorFitAliases.set(aliases);
      metrics.priorFitTimestamp.set(at.getTime() / 1000);
      log.info({ aliases }, 'priors fitted');
    }),
    baselinesRead: neverThrowing((read) => metrics.baselinesRead(read)),
    priorFitFailed: neverThrowing((error) => log.warn({ error }, 'priors not fitted')),
    organizationAsked: neverThrowing((outcome, error) => {
      metrics.organizationLookups.inc({ outcome });
      if (outcome === 'failed') log.warn({ error }, 'organization ledgers do not answer');
    }),
    organizationLost: neverThrowing((touches, error) => {
      metrics.organizationLost.inc(touches);
      log.warn({ touches, error }, 'organization counts lost');
    }),
  };
}

/** A notice that is given up is a message that nobody knows of. */
const noticeLevels = {
  sent: 'info',
  settled: 'debug',
  again: 'warn',
  refused: 'error',
  expired: 'error',
} as const;
