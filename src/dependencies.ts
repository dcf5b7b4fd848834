import type { Alerts } from './alerts/alerts.ts';
import type { Alias } from './alias/alias.ts';
import type { Catalogue } from './alias/catalogue.ts';
import type { AuthenticationResults } from './authentication/results.ts';
import type { BaselineStore, Commit } from './baseline/store.ts';
import type { RuleSet } from './config/rule-set.ts';
import type { Pseudonym } from './features/hash.ts';
import type { MessagePart } from './message/attachments/message-part.ts';
import type { AttachmentText } from './message/attachment-text.ts';
import type { ChosenBy } from './activation/choose-rules.ts';
import type { ReadBody } from './message/message.ts';
import type { Judged, RulesBefore, StandingReviews } from './judge.ts';
import type { Events } from './observability/events.ts';
import type { WarnRecipients } from './recipient-warning.ts';
import type { OrganizationFeed } from './organization-feed.ts';
import type { OrganizationLedgers } from './organization/ledgers.ts';
import type { Quarantine } from './quarantine/quarantine.ts';
import type { PassedWatched } from './review/watched-message.ts';
import type { SignalFit } from './score/fit-priors.ts';
import type { InheritedValues } from './score/inherited-values.ts';
import type { Transaction } from './smtp/transaction.ts';
import type { ScoredToKeep } from './vectors/keep-vectors.ts';

/** A rule set in force, with its aliases ready to be looked up. */
export type ActiveRules = RuleSet & {
  readonly catalogue: Catalogue;
  /** What the aliases of this site say of signals, where `causes` has it in its priors already. */
  readonly fits?: readonly SignalFit[];
};

/** How we call ourselves: in Received, in Authentication-Results, in replies. */
export type Names = {
  readonly hostname: string;
  readonly authservId: string;
  readonly contactUrl: string;
};

/** What scoring needs from outside. */
export type AnalysisDependencies = {
  /** Never throws: DNS trouble is a result (`temperror`). */
  readonly authenticate: (transaction: Transaction) => Promise<AuthenticationResults>;
  /** Never rejects, and takes no longer than `limitMs`: what cannot be read in time is absent. */
  readonly readAttachments: (
    parts: readonly MessagePart[],
    limitMs: number,
  ) => Promise<readonly AttachmentText[]>;
  /** Takes the body of a message apart; here, when absent. */
  readonly readBody?: ReadBody;
  readonly baselines: Pick<BaselineStore, 'observe'>;
  readonly organization: Pick<OrganizationLedgers, 'look'> | null;
  readonly alerts: Pick<Alerts, 'withBudgets' | 'watchedPerDay' | 'note' | 'hold' | 'noteClaim'>;
  /** The set before rules that are new; none when absent. */
  readonly rulesBefore?: RulesBefore;
  readonly pseudonym: Pseudonym;
  /** What an alias takes over from others of its vendor; nothing when absent. */
  readonly inheritedBy?: (alias: Alias) => InheritedValues;
  /** What people approved and confirmed; nothing when absent. */
  readonly reviews?: StandingReviews;
  /** Told of every message that was judged; it must not wait or throw. */
  readonly onJudged?: (judged: Judged) => void;
  readonly events: Pick<Events, 'failedOpen' | 'holdCapped' | 'stageMeasured'>;
  /** Analysis takes no longer; past it mail is `unavailable`. */
  readonly analysisDeadlineMs: number;
  /** False reads the store without moving a counter (`check`). */
  readonly countsTraffic: boolean;
};

/** Everything the pipeline touches outside itself; built once, in `server.ts`. */
export type Dependencies = AnalysisDependencies & {
  /** The one rule set of a message: asked once, when its transaction begins. */
  readonly rules: (message: ChosenBy) => ActiveRules;
  readonly names: Names;
  /** What recipients of a tagged message see of it in the message; as received where nothing is switched on. */
  readonly warnRecipients: WarnRecipients;
  readonly withoutForgedFields: (transaction: Transaction) => Promise<Transaction>;
  readonly quarantine: Pick<Quarantine, 'hold'>;
  /** How long mail is held; as usual when absent. */
  readonly quarantineDays?: number;
  /** Stores a lesson beside the message path; losing one is an event, never a delay. */
  readonly learn: (lesson: Commit) => void;
  /** Tells the organization's ledgers what passed; beside the message path as well. */
  readonly feedOrganization: OrganizationFeed;
  /** Remembers watched mail for reviewers, beside the message path; nothing when absent. */
  readonly remember?: (passed: PassedWatched) => void;
  /** Keeps what rules were applied to, so that others can be tried on it; beside the message path; nothing when absent. */
  readonly keepVector?: (scored: ScoredToKeep) => void;
  readonly events: Events;
};
