import { appraise, type Appraisal, type ToAppraise } from './appraise.ts';
import type { Alerts } from './alerts/alerts.ts';
import { decideAmongOthers } from './alerts/decide-among-others.ts';
import type { Alias } from './alias/alias.ts';
import type { ConditionFailure } from './conditions/ask-conditions.ts';
import { templateFunctionOf } from './alias/template-function.ts';
import type { AuthenticationResults } from './authentication/results.ts';
import { dayOf, hourOf } from './baseline/ledger.ts';
import type { BaselineStore, Commit, ObserveRequest } from './baseline/store.ts';
import { isMature } from './decision/decide.ts';
import {
  confirmedCampaign,
  noAttacks,
  type ConfirmedAttacks,
} from './decision/confirmed-attacks.ts';
import type { Decision } from './decision/decision.ts';
import type { Policy } from './decision/policy.ts';
import { sharedWithCopies, type SharedWithCopies } from './decision/shared-keys.ts';
import type { ActiveRules } from './dependencies.ts';
import { extractFeatures } from './features/extract-features.ts';
import type { Pseudonym } from './features/hash.ts';
import { decideBefore } from './judge-before.ts';
import type { Message } from './message/message.ts';
import type { Stage } from './observability/events.ts';
import type { OrganizationLedgers } from './organization/ledgers.ts';
import { nameOfShared, organizationRequestOf, sharedValuesOf } from './organization/request.ts';
import { linkDomainsOf, type WatchedSightings } from './organization/sightings.ts';
import type { InheritedValues } from './score/inherited-values.ts';
import { lessonOf } from './score/lesson.ts';
import { lookupsOf } from './score/known-values.ts';
import type { Readings } from './score/readings.ts';
import type { Score } from './score/score.ts';
import type { Transaction } from './smtp/transaction.ts';
import { StageFailure } from './stage.ts';

/** A message that is authenticated as a watched alias, parsed. */
export type ToJudge = {
  readonly transaction: Transaction;
  readonly message: Message;
  readonly authentication: AuthenticationResults;
  readonly alias: Alias;
  /** The address that selected the alias. */
  readonly address: string;
  /** False where the proof is too weak to learn from. */
  readonly learnable: boolean;
};

/** What the message is, and what delivering it teaches. */
export type Judgement = {
  readonly score: Score;
  /** Every signal beside the history it was held against. */
  readonly readings: Readings;
  /** The alias's own history is long enough to hold mail. */
  readonly mature: boolean;
  readonly decision: Decision;
  /** Conditions that could not be asked. */
  readonly conditionFailures: readonly ConditionFailure[];
  /** What it was decided under: the policy with the overrides that are for this message, budgets as chances. */
  readonly policy: Policy;
  /** What delivery of this message teaches, or null. */
  readonly lesson: Commit | null;
  /** What a later release of this message teaches, or null; of most mail nobody asks. */
  readonly releaseLesson: () => Commit | null;
  /** What it leaves for the organization's ledgers; null for mail of nobody's alias. */
  readonly seen: WatchedSightings | null;
  /** What rules were applied to, and what held beside them; absent for mail that was not scored. */
  readonly appraised?: {
    readonly message: ToAppraise;
    readonly watchedPerDay: number | null;
    readonly attack: string | null;
    /** Ids of the conditions it met that read the message itself. */
    readonly contentMet: readonly string[];
    /** It was to be held, and tagged for the bound of an hour (`quarantine.maxHeldPerHour`). */
    readonly capped: boolean;
  };
  /** What copies of it would share, and what tells its campaign where it has one; null for mail that was not scored. */
  readonly shared: (SharedWithCopies & { readonly telling: readonly string[] }) | null;
};

/** What people decided about mail, as far as scoring heeds it; in memory. */
export type StandingReviews = {
  /** `table value` approved for an alias and not expired at that time. */
  readonly approvedFor: (alias: string, at: Date) => ReadonlySet<string>;
  readonly attacks: () => ConfirmedAttacks;
};

/** A message as it was judged, for whoever judges it by other rules as well. */
export type Judged = {
  readonly toJudge: ToJudge;
  readonly request: ObserveRequest;
  readonly toAppraise: ToAppraise;
  readonly appraisal: Appraisal;
  readonly rules: ActiveRules;
};

/** What was in force before rules that came into force lately; null where they are not new, or it is not known. */
export type RulesBefore = (rules: ActiveRules, at: Date) => ActiveRules | null;

export type JudgeDependencies = {
  readonly baselines: Pick<BaselineStore, 'observe'>;
  /** Null where nothing is to be asked about the organization's other mail. */
  readonly organization: Pick<OrganizationLedgers, 'look'> | null;
  readonly alerts: Pick<Alerts, 'withBudgets' | 'watchedPerDay' | 'note'>;
  /** The set before rules that are new; none when absent. */
  readonly rulesBefore?: RulesBefore;
  readonly pseudonym: Pseudonym;
  /** What an alias takes over from others of its vendor; nothing when absent. */
  readonly inheritedBy?: (alias: Alias) => InheritedValues;
  /** None when absent. */
  readonly reviews?: StandingReviews;
  /** Told of every message that was judged; it must not wait or throw. */
  readonly onJudged?: (judged: Judged) => void;
  /** False reads the store without moving a counter (`check`, the twin of an injected message). */
  readonly countsTraffic: boolean;
  /** Wraps a stage, for its duration. */
  readonly timed: <Result>(stage: Stage, work: () => Result | Promise<Result>) => Promise<Result>;
};

/**
 * features → baseline → score → decision: one blocking round trip to the stores, everything else pure. Live mail and
 * archives go through here alike.
 * @throws StageFailure `store` when a baseline cannot be read.
 */
export async function judge(
  toJudge: ToJudge,
  rules: ActiveRules,
  {
    baselines,
    organization,
    alerts,
    pseudonym,
    inheritedBy = () => new Set(),
    reviews = noReviews,
    onJudged,
    rulesBefore = () => null,
    countsTraffic,
    timed,
  }: JudgeDependencies,
): Promise<Judgement> {
  const { transaction, message, authentication, alias, address, learnable } = toJudge;
  const features = await timed('features', () =>
    extractFeatures({
      transaction,
      message,
      authentication,
      lists: rules.lists,
      pseudonym,
      address,
      alias,
    }),
  );
  const request = {
    alias: alias.id,
    at: transaction.receivedAt,
    values: lookupsOf(features),
    signature: features.signatureHash,
    recipients: features.recipients.map((recipient) => recipient.address),
    actor: features.actor,
    count: countsTraffic,
  };
  // Both at once: a message waits for one round trip.
  const [observation, view] = await timed('observe', () =>
    Promise.all([
      baselines.observe(request),
      // Without an answer the signals of the organization are not asked, and mail goes on.
      organization?.look(organizationRequestOf(features, request)).catch(() => null) ?? null,
    ]),
  ).catch((error: unknown) => {
    throw new StageFailure('store', error);
  });
  return timed('score', () => {
    const { at } = request;
    const general = alerts.withBudgets(rules.policy, at);
    const toAppraise: ToAppraise = {
      alias,
      purpose: templateFunctionOf(alias, message.subject),
      recipients: transaction.envelope.rcptTo,
      at,
      features,
      observation,
      organization: view,
      inherited: inheritedBy(alias),
      approved: reviews.approvedFor(alias.id, at),
      content: { message, transaction, authentication, address },
    };
    const appraisal = appraise(toAppraise, { ...rules, policy: general });
    onJudged?.({ toJudge, request, toAppraise, appraisal, rules });
    const { score, readings, policy } = appraisal;
    const shared = sharedWithCopies({ features, readings });
    const before = rulesBefore(rules, at);
    const attack = confirmedCampaign(alias.id, shared.keys, reviews.attacks());
    const { decision, campaign } = decideAmongOthers(
      {
        alias,
        at,
        features,
        observation,
        ...appraisal,
        attack,
        ruleset: rules.version,
        before: before && {
          ruleset: before.version,
          gate: before.policy.activation.gate,
          decide: () =>
            decideBefore(
              { header: message, authentication, recipients: toAppraise.recipients, toAppraise },
              { ...before, policy: alerts.withBudgets(before.policy, at) },
            ),
        },
      },
      policy,
      alerts,
    );
    const teaching = {
      alias: alias.id,
      day: dayOf(at),
      hour: hourOf(at),
      transactionId: transaction.id,
      features,
      readings,
      scoreBits: appraisal.baseBits,
      campaign: decision.campaign,
      isCopy: decision.isCopy,
    };
    const { learnFeatures, learnPending, breakerOpen } = decision;
    const lesson = {
      ...teaching,
      teaches: learnFeatures ? 'all' : learnPending ? 'pending' : 'nothing',
    } as const;
    const release = { ...teaching, teaches: breakerOpen ? 'nothing' : 'release' } as const;
    return {
      score,
      readings,
      mature: isMature(score, policy),
      decision,
      conditionFailures: appraisal.conditions.failed,
      policy,
      lesson: learnable ? lessonOf(lesson) : null,
      releaseLesson: () => (learnable ? lessonOf(release) : null),
      seen: {
        linkDomains: linkDomainsOf(message),
        carried: {
          alias: alias.id,
          values: sharedValuesOf({ sightings: readings.fresh }).map(nameOfShared),
        },
      },
      appraised: {
        message: toAppraise,
        watchedPerDay: alerts.watchedPerDay(at),
        attack,
        contentMet: appraisal.conditions.matched
          .filter(({ readsMessage }) => readsMessage)
          .map(({ id }) => id),
        capped: false,
      },
      shared: { ...shared, telling: campaign?.keys ?? [] },
    };
  });
}

const noReviews: StandingReviews = { approvedFor: () => new Set(), attacks: () => noAttacks };
