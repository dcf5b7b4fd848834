import type { Refusal } from '../activation/activation-step.ts';
import type { ShadowComparison } from '../activation/compare-shadow.ts';
import type { LoadedRules } from '../activation/rules-in-force.ts';
import type { DirectoryWay, LeftAlone, RefusedVia } from '../activation/watch-directory.ts';
import type { AuditHead } from '../audit/audit-heads.ts';
import type { WarningKind, WarningOutcome } from '../action/warning/warning-outcome.ts';
import type { ConditionFailure } from '../conditions/ask-conditions.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import type { LoginMethod, LoginOutcome } from '../console/access/login-outcome.ts';
import type { BreakerCause, Opening } from '../decision/breaker.ts';
import type { Joined } from '../decision/campaigns.ts';
import type { Decision } from '../decision/decision.ts';
import type { FailureCause } from '../decision/policy.ts';
import type { PartKind } from '../message/attachments/part-kind.ts';
import type { PartOutcome } from '../message/attachments/part-outcome.ts';
import type { Header } from '../message/header.ts';
import type { LinkOutcome } from '../notices/links/link-acts.ts';
import type { LinkPurpose } from '../notices/links/signed-link.ts';
import type { NoticeOutcome } from '../notices/send-notices.ts';
import type { Swept } from '../quarantine/sweep.ts';
import type { Act } from '../review/review.ts';
import type { Score } from '../score/score.ts';
import type { DuplicateCause, LimitReason } from '../smtp/limits.ts';
import type { NextHopOutcome, NextHopStage } from '../smtp/next-hop-outcome.ts';
import type { RelayProof } from '../smtp/relay-proof.ts';
import type { Reply } from '../smtp/reply.ts';
import type { Transaction } from '../smtp/transaction.ts';
import type { BaselineFacts } from './baseline-metrics.ts';

/** Stages whose duration is measured. */
export type Stage =
  'parse' | 'authenticate' | 'features' | 'observe' | 'score' | 'deliver' | 'commit';

export type LookupOutcome = 'answered' | 'failed';

/** How a worker process ended: by itself with a code, or by a signal. */
export type WorkerEnded = {
  readonly worker: number;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** How long it took mail; null where it never did. */
  readonly servedMs: number | null;
  readonly restartsInMs: number;
};

export type CampaignSeen = Omit<Joined, 'known'>;

/** What the log line and the counters of one transaction are made of. */
export type CompletedTransaction = {
  readonly transaction: Transaction;
  readonly header: Header;
  readonly authentication: AuthenticationResults;
  /** Alias id, or null for unwatched mail. */
  readonly alias: string | null;
  readonly score: Score | null;
  readonly decision: Decision;
  /** Conditions that could not be asked of it. */
  readonly conditionFailures: readonly ConditionFailure[];
  readonly reply: Reply;
  readonly ruleset: string;
  /** From the end of the message to the reply. */
  readonly durationMs: number;
};

/** One function per event: counter and log line together. None throws. */
export interface Events {
  readonly transactionCompleted: (completed: CompletedTransaction) => void;
  /** A stage took `durationMs`. */
  readonly stageMeasured: (stage: Stage, durationMs: number) => void;
  /** Something we depend on failed and mail went on (or was deferred) without it. */
  readonly failedOpen: (cause: FailureCause, error: unknown, transactionId: string) => void;
  /** A message was held: log line and metric are the notice until notices exist. */
  readonly messageHeld: (id: string, alias: string, sizeBytes: number) => void;
  /** A message could not be held; the client keeps it. */
  readonly holdFailed: (error: unknown, transactionId: string) => void;
  /** The quarantine was put in order, and what was held long enough has expired. */
  readonly quarantineSwept: (swept: Swept) => void;
  readonly quarantineSweepFailed: (error: unknown) => void;
  /** The index of the quarantine could not be told or asked; mail is held, and lists are read from the files. */
  readonly quarantineIndexFailed: (error: unknown) => void;
  /** A limit of ours refused a connection, a command or a message. */
  readonly smtpRefused: (reason: LimitReason) => void;
  /** A message may arrive twice. */
  readonly duplicateRisk: (cause: DuplicateCause) => void;
  /** The next hop takes our address for every client's. */
  readonly clientNotTold: (nextHop: string, clientIdentity: string) => void;
  /** A step with the next hop, by what came of it. */
  readonly nextHopAnswered: (stage: NextHopStage, outcome: NextHopOutcome) => void;
  /** The next hop (`host:port`) was asked whether it relays for strangers who come through us. */
  readonly relayTested: (nextHop: string, proof: RelayProof) => void;
  /** A calendar, a PDF or an image was read, or not; `error` where its reader was stopped. */
  readonly attachmentRead: (kind: PartKind, outcome: PartOutcome, error: unknown) => void;
  /** A tagged message was to get a subject tag, a banner or an ARC set. */
  readonly recipientWarned: (
    kind: WarningKind,
    outcome: WarningOutcome,
    of: { readonly id: string; readonly error: unknown },
  ) => void;
  /** A lesson could not be stored; delivery is not affected. */
  readonly lessonLost: (error: unknown, transactionId: string) => void;
  /** Priors were fitted to so many aliases of this site. */
  readonly priorsFitted: (aliases: number, at: Date) => void;
  /** The histories of all watched aliases were read. */
  readonly baselinesRead: (read: readonly BaselineFacts[]) => void;
  /** The store did not answer; what was fitted before holds. */
  readonly priorFitFailed: (error: unknown) => void;
  /** The organization's ledgers were asked about a message; without an answer it is judged by its alias alone. */
  readonly organizationAsked: (outcome: LookupOutcome, error: unknown) => void;
  /** So much of what was counted for the organization's ledgers could not be stored; mail is not affected. */
  readonly organizationLost: (touches: number, error: unknown) => void;
  /** A flagged message was counted to its campaign; `alias` is the one it came through. */
  readonly campaignSeen: (seen: CampaignSeen, alias: string) => void;
  /** A campaign was seen for the first time, so long after the first of so many copies that passed unflagged. */
  readonly campaignFound: (undetectedMs: number, copies: number) => void;
  /** Something of ours seems broken: from here on mail is only tagged and nothing is learned. */
  readonly breakerOpened: (opening: Opening) => void;
  readonly breakerClosed: (cause: BreakerCause) => void;
  /** A message was tagged instead of held: the policy's bound of an hour is reached. */
  readonly holdCapped: (transactionId: string, maxHeldPerHour: number, at: Date) => void;
  /** A record of the audit log could not be written; mail is not affected. */
  readonly auditLost: (act: string, error: unknown) => void;
  /** So far the audit log had come; the line proves it to whoever keeps it. */
  readonly auditHead: (head: AuditHead) => void;
  readonly auditHeadNotPublished: (error: unknown) => void;
  /** A chain of the audit log was changed or shortened; it is left for `audit verify`, and another one goes on. */
  readonly auditDamaged: (writer: string, problem: string) => void;
  /** A notice about held mail was tried. */
  readonly noticeTried: (notice: NoticeOutcome) => void;
  /** A held message that nobody will be told of, since it could not be written down. */
  readonly noticeLost: (error: unknown, id: string) => void;
  /** Notices could not be sent at all just now. */
  readonly noticesStopped: (error: unknown) => void;
  /** A recipient (or a scanner) opened or used a link of a notice; `purpose` `none`: one that we did not sign. */
  readonly noticeLinkUsed: (
    purpose: LinkPurpose | 'none',
    outcome: LinkOutcome,
    facts: { readonly message: string; readonly error: unknown },
  ) => void;
  /** So many processes should take mail, and so many do. */
  readonly workersServing: (wanted: number, serving: number) => void;
  /** A worker process ended that nobody had asked to, and is started again. */
  readonly workerEnded: (ended: WorkerEnded) => void;
  /** A worker process cannot be told something. */
  readonly workerFailed: (worker: number, error: unknown) => void;
  /** So many watched messages that passed are not remembered for reviewers; mail is not affected. */
  readonly reviewMessagesLost: (messages: number, error: unknown) => void;
  /** So many scored messages are not kept to try other rules on; mail is not affected. */
  readonly vectorsLost: (messages: number, error: unknown) => void;
  /** Approvals and confirmed attacks could not be read; what was read before holds. */
  readonly reviewsNotRead: (error: unknown) => void;
  /** A reviewer decided something. */
  readonly reviewed: (kind: Act['kind']) => void;
  /** Somebody tried to log in to the console. */
  readonly consoleLogin: (method: LoginMethod, outcome: LoginOutcome) => void;
  readonly consoleAnswered: (status: number) => void;
  /** The console could not do what it was asked for. */
  readonly consoleFailed: (error: unknown) => void;
  /** This process judges by other rules from here on, or has another candidate. */
  readonly rulesChanged: (now: LoadedRules, before: LoadedRules) => void;
  /** A set was not put in force; version null where it could not be read. */
  readonly rulesRefused: (
    refused: { readonly version: string | null; readonly via: RefusedVia },
    refusals: readonly Refusal[],
  ) => void;
  /** A valid set is not to be activated. */
  readonly rulesLeftAlone: (
    version: string,
    of: { readonly via: RefusedVia; readonly why: LeftAlone },
  ) => void;
  /** The store of rules did not answer; it is tried again. */
  readonly rulesNotActivated: (error: unknown, via: DirectoryWay) => void;
  /** What is in force in the store could not be read; what is in force here stays. */
  readonly rulesNotFollowed: (error: unknown) => void;
  /** A candidate in shadow was held against a message. */
  readonly rulesShadowed: (compared: ShadowComparison) => void;
  /** Flags of today as a share of what a false-positive budget allows. */
  readonly budgetUsed: (budget: 'tag' | 'quarantine', ratio: number) => void;
}
