import { identifySender, type Sender } from './alias/sender.ts';
import { unauthenticated, type AuthenticationResults } from './authentication/results.ts';
import { dayOf } from './baseline/ledger.ts';
import type { Commit, Observation } from './baseline/store.ts';
import {
  decideClaim,
  decideScored,
  decideUnavailable,
  decideUnwatched,
  isMature,
} from './decision/decide.ts';
import type { Decision } from './decision/decision.ts';
import type { FailureCause } from './decision/policy.ts';
import type { ActiveRules, AnalysisDependencies } from './dependencies.ts';
import { extractFeatures } from './features/extract-features.ts';
import type { Features } from './features/features.ts';
import { readHeader, type Header } from './message/header.ts';
import { MessageTooLarge, parseMessage } from './message/message.ts';
import { lessonOf } from './score/lesson.ts';
import { lookupsOf } from './score/known-values.ts';
import type { Score } from './score/score.ts';
import { scoreMessage } from './score/score-message.ts';
import type { Transaction } from './smtp/transaction.ts';
import { StageFailure, timed, within } from './stage.ts';

/** Bytes that hold the header block; the front hop refuses longer ones. */
const headerBytes = 256 * 1024;

/** Bytes of a watched alias's message that are read for analysis; what lies beyond are attachments. */
const analysedBytes = 4 * 1024 * 1024;

/** All that was found out about one message, and what is to be done with it. */
export type Analysis = {
  readonly header: Header;
  readonly authentication: AuthenticationResults;
  /** Alias id, or null for unwatched mail. */
  readonly alias: string | null;
  readonly score: Score | null;
  /** The alias's own history is long enough to hold mail. */
  readonly mature: boolean;
  readonly decision: Decision;
  /** What delivery of this message teaches, or null. */
  readonly lesson: Commit | null;
  /** What a later release of this message teaches, or null. */
  readonly releaseLesson: Commit | null;
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
  try {
    return await within(deps.analysisDeadlineMs, async () => {
      const header = (found.header = readHeader(await transaction.content.prefix(headerBytes)));
      const authentication = (found.authentication = await timed('authenticate', deps.events, () =>
        deps.authenticate(transaction),
      ));
      const sender = identifySender(header, authentication, rules.catalogue);
      if (sender.kind !== 'alias') return unscored({ header, authentication, sender }, rules);
      found.alias = sender.alias.id;
      const features = await featuresOf(
        transaction,
        { header, authentication, sender },
        { rules, deps },
      );
      const observation = await observe(transaction, sender, { features, deps });
      return await timed('score', deps.events, () =>
        scored(transaction, { header, authentication, sender, features, observation }, rules),
      );
    });
  } catch (error) {
    const failure = error instanceof StageFailure ? error.failure : 'bug';
    deps.events.failedOpen(
      failure,
      error instanceof StageFailure ? error.cause : error,
      transaction.id,
    );
    return unavailable(failure, found, rules);
  }
}

/** What was known when a stage failed. */
type Found = { header?: Header; authentication?: AuthenticationResults; alias?: string };

type Identified = {
  readonly header: Header;
  readonly authentication: AuthenticationResults;
  readonly sender: Extract<Sender, { kind: 'alias' }>;
};

async function featuresOf(
  transaction: Transaction,
  { header, authentication, sender }: Identified,
  { rules, deps }: { readonly rules: ActiveRules; readonly deps: AnalysisDependencies },
): Promise<Features> {
  const parsed = timed('parse', deps.events, async () =>
    parseMessage(await transaction.content.prefix(analysedBytes), header),
  );
  const message = await parsed.catch((error: unknown) => {
    throw new StageFailure(error instanceof MessageTooLarge ? 'limit' : 'malformed', error);
  });
  const { lists } = rules;
  const { pseudonym } = deps;
  return timed('features', deps.events, () =>
    extractFeatures({
      transaction,
      message,
      authentication,
      lists,
      pseudonym,
      address: sender.address,
    }),
  );
}

async function observe(
  { receivedAt }: Transaction,
  { alias }: Identified['sender'],
  { features, deps }: { readonly features: Features; readonly deps: AnalysisDependencies },
): Promise<Observation> {
  const request = {
    alias: alias.id,
    at: receivedAt,
    values: lookupsOf(features),
    signature: features.signatureHash,
    recipients: features.recipients.map(({ address }) => address),
    count: deps.countsTraffic,
  };
  return timed('observe', deps.events, () => deps.baselines.observe(request)).catch(
    (error: unknown) => {
      throw new StageFailure('store', error);
    },
  );
}

function scored(
  transaction: Transaction,
  {
    header,
    authentication,
    sender,
    features,
    observation,
  }: Identified & { readonly features: Features; readonly observation: Observation },
  { causes, policy }: ActiveRules,
): Analysis {
  const { alias, learnable } = sender;
  const today = dayOf(transaction.receivedAt);
  const { score, readings } = scoreMessage({
    features,
    observation,
    pack: alias.pack,
    causes,
    today,
  });
  const decision = decideScored({ score, alias, policy });
  const lesson = {
    alias: alias.id,
    day: today,
    transactionId: transaction.id,
    features,
    readings,
    scoreBits: score.bits,
  };
  return {
    header,
    authentication,
    alias: alias.id,
    score,
    mature: isMature(score, policy),
    decision,
    lesson: learnable
      ? lessonOf({ ...lesson, withFeatures: decision.learnFeatures, withScore: true })
      : null,
    releaseLesson: learnable ? lessonOf({ ...lesson, withFeatures: true, withScore: false }) : null,
  };
}

function unscored(
  {
    header,
    authentication,
    sender,
  }: Omit<Identified, 'sender'> & { readonly sender: Exclude<Sender, { kind: 'alias' }> },
  { policy }: ActiveRules,
): Analysis {
  const isClaim = sender.kind !== 'unwatched';
  const decision = isClaim ? decideClaim(sender.kind, sender.why, policy) : decideUnwatched();
  return {
    header,
    authentication,
    alias: isClaim ? sender.alias.id : null,
    decision,
    ...nothingLearned,
  };
}

function unavailable(failure: FailureCause, found: Found, { policy }: ActiveRules): Analysis {
  const alias = found.alias ?? null;
  return {
    header: found.header ?? readHeader(Buffer.alloc(0)),
    authentication: found.authentication ?? unauthenticated,
    alias,
    decision: decideUnavailable(failure, { policy, isAlias: alias !== null }),
    ...nothingLearned,
  };
}

const nothingLearned = { score: null, mature: false, lesson: null, releaseLesson: null } as const;
