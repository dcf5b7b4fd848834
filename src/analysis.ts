import type { Alias } from './alias/alias.ts';
import { identifySender, type Sender } from './alias/sender.ts';
import { unauthenticated, type AuthenticationResults } from './authentication/results.ts';
import { decideClaim, decideUnavailable, decideUnwatched } from './decision/decide.ts';
import { effectivePolicy } from './decision/effective-policy.ts';
import type { FailureCause, Policy } from './decision/policy.ts';
import { overruleByBreaker, overruleByCap } from './decision/overrule.ts';
import { excuseForwarder } from './forwarded-claim.ts';
import type { ActiveRules, AnalysisDependencies } from './dependencies.ts';
import { judge, type Judgement } from './judge.ts';
import { compareClaim } from './compare-claim.ts';
import { readHeader, type Header } from './message/header.ts';
import { MessageTooLarge, parseMessage, type Message } from './message/message.ts';
import type { Score } from './score/score.ts';
import type { Transaction } from './smtp/transaction.ts';
import { StageFailure, timed, within } from './stage.ts';

/** Bytes that hold the header block; the front hop refuses longer ones. */
const headerBytes = 256 * 1024;

/** Bytes of a watched alias's message that are read for analysis; what lies beyond are attachments. */
const analysedBytes = 4 * 1024 * 1024;

/** Longest that the attachments of one message are read, and waited for. */
const attachmentsLimitMs = 1500;

/** All that was found out about one message, and what is to be done with it. */
export type Analysis = Omit<Judgement, 'score' | 'readings'> & {
  readonly header: Header;
  readonly authentication: AuthenticationResults;
  /** Alias id, or null for unwatched mail. */
  readonly alias: string | null;
  readonly score: Score | null;
};

/**
 * message → authentication → alias → features → baseline → score → decision. Never throws and never exceeds the
 * analysis deadline: what fails becomes `unavailable`, and mail goes on (promise P5).
 */
export async function analyse(
  transaction: Transaction,
  rules: ActiveRules,
  deps: AnalysisDependencies,
): Promise<Analysis> {
  const found: Found = {};
  const deadlineMs = performance.now() + deps.analysisDeadlineMs;
  try {
    return await within(deps.analysisDeadlineMs, async () => {
      const header = (found.header = readHeader(await transaction.content.prefix(headerBytes)));
      const authentication = (found.authentication = await timed('authenticate', deps.events, () =>
        deps.authenticate(transaction),
      ));
      const claimed = identifySender(header, authentication, rules.catalogue);
      const sender = await excuseForwarder(claimed, transaction, deps.baselines);
      if (sender.kind !== 'alias')
        return capped(unscored({ transaction, header, authentication, sender }, rules, deps), {
          transaction,
          rules,
          deps,
        });
      found.alias = sender.alias;
      const { alias, address, learnable } = sender;
      const message = await parse(transaction, header, { ...deps, deadlineMs });
      const judged = await judge(
        { transaction, message, authentication, alias, address, learnable },
        rules,
        { ...deps, timed: (stage, work) => timed(stage, deps.events, work) },
      );
      const analysis = { header, authentication, alias: alias.id, ...judged };
      return capped(analysis, { transaction, rules, deps });
    });
  } catch (error) {
    const failure = error instanceof StageFailure ? error.failure : 'bug';
    deps.events.failedOpen(
      failure,
      error instanceof StageFailure ? error.cause : error,
      transaction.id,
    );
    return unavailable(failure, { found, transaction, rules });
  }
}

type Capping = {
  readonly transaction: Transaction;
  readonly rules: ActiveRules;
  readonly deps: Pick<AnalysisDependencies, 'alerts' | 'events'>;
};

/** Whatever asks for a hold, and however many override it: the bound of an hour is one for all mail. */
function capped(analysis: Analysis, { transaction, rules, deps }: Capping): Analysis {
  const { maxHeldPerHour } = rules.policy.quarantine;
  const { decision, appraised } = analysis;
  if (decision.effectiveAction !== 'quarantine') return analysis;
  if (deps.alerts.hold(transaction.receivedAt, maxHeldPerHour) || maxHeldPerHour === null)
    return analysis;
  deps.events.holdCapped(transaction.id, maxHeldPerHour, transaction.receivedAt);
  return {
    ...analysis,
    decision: overruleByCap(decision, maxHeldPerHour),
    lesson: null,
    ...(appraised && { appraised: { ...appraised, capped: true } }),
  };
}

/** What was known when a stage failed. */
type Found = { header?: Header; authentication?: AuthenticationResults; alias?: Alias };

async function parse(
  { content }: Transaction,
  header: Header,
  {
    events,
    readAttachments,
    readBody,
    deadlineMs,
  }: AnalysisDependencies & { readonly deadlineMs: number },
): Promise<Message> {
  const parsed = timed('parse', events, async () =>
    parseMessage(
      await content.prefix(analysedBytes),
      header,
      (parts) => {
        // A slow answer from DNS and a slow PDF must not add up to a message that is not scored at all.
        const limitMs = Math.min(attachmentsLimitMs, (deadlineMs - performance.now()) / 2);
        return readAttachments(parts, limitMs);
      },
      readBody,
    ),
  );
  return await parsed.catch((error: unknown) => {
    throw new StageFailure(error instanceof MessageTooLarge ? 'limit' : 'malformed', error);
  });
}

type Unscored = {
  readonly transaction: Transaction;
  readonly header: Header;
  readonly authentication: AuthenticationResults;
  readonly sender: Exclude<Sender, { kind: 'alias' }>;
};

function unscored(
  { transaction, header, authentication, sender }: Unscored,
  rules: ActiveRules,
  { alerts, rulesBefore = () => null }: Pick<AnalysisDependencies, 'alerts' | 'rulesBefore'>,
): Analysis {
  const isClaim = sender.kind !== 'unwatched';
  const alias = isClaim ? sender.alias : null;
  const policy = policyWithoutPurpose(alias, transaction, rules);
  const known = { header, authentication, alias: alias?.id ?? null, policy, ...nothingLearned };
  if (!isClaim) return { ...known, decision: decideUnwatched() };
  const alone = decideClaim(sender.kind, sender.why, policy);
  const before = rulesBefore(rules, transaction.receivedAt);
  const seen = { header, authentication, recipients: transaction.envelope.rcptTo };
  const compared = before && compareClaim(alone, seen, { rules, before });
  const openBecause = alerts.noteClaim(
    { ruleset: rules.version, atMs: transaction.receivedAt.getTime(), compared },
    rules.policy.breaker,
  );
  const decision = { ...alone, onlyUnder: compared?.only ?? null };
  return { ...known, decision: overruleByBreaker(decision, openBecause) };
}

type Failed = {
  readonly found: Found;
  readonly transaction: Transaction;
  readonly rules: ActiveRules;
};

function unavailable(failure: FailureCause, { found, transaction, rules }: Failed): Analysis {
  const { alias = null } = found;
  const policy = policyWithoutPurpose(alias, transaction, rules);
  return {
    header: found.header ?? readHeader(Buffer.alloc(0)),
    authentication: found.authentication ?? unauthenticated,
    alias: alias?.id ?? null,
    decision: decideUnavailable(failure, { policy, isAlias: alias !== null }),
    policy,
    ...nothingLearned,
  };
}

/** What mail is for is only known of mail that the alias sent, and that can be read. */
function policyWithoutPurpose(
  alias: Alias | null,
  { envelope }: Transaction,
  { policy }: ActiveRules,
): Policy {
  return effectivePolicy(policy, { alias, purpose: null }, envelope.rcptTo);
}

const nothingLearned = {
  score: null,
  mature: false,
  conditionFailures: [],
  lesson: null,
  releaseLesson: () => null,
  seen: null,
  shared: null,
} as const;
