import type { Candidate } from '../activation/rule-set-store.ts';
import type { Alias } from '../alias/alias.ts';
import type { AuditHead } from '../audit/audit-heads.ts';
import type { AuditAct, AuditLog } from '../audit/audit-log.ts';
import type { RecordedAct } from '../audit/read-audit.ts';
import type { BaselineStore } from '../baseline/store.ts';
import type { BreakerCause } from '../decision/breaker.ts';
import type { Policy } from '../decision/policy.ts';
import type { ActiveRules } from '../dependencies.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { Readiness } from '../observability/readiness.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import type { Review } from '../review/review.ts';

/** Everything that console and API read and do. What is null is not there yet: its pages say so. */
export type ConsoleSources = {
  readonly review: Review | null;
  readonly quarantine: Pick<Quarantine, 'find' | 'read'>;
  readonly baselines: Pick<BaselineStore, 'aliases' | 'describe'>;
  readonly rules: () => ActiveRules;
  /** What is tried beside them, and how; null where nothing is. */
  readonly candidate: () => Candidate | null;
  /**
   * That of the rules for mail of this alias, as far as neither its function nor its recipients matter, with the chance
   * per message that its alerts a day come to now.
   */
  readonly policyInForce: (alias: Alias | null) => Policy;
  /** Under which baselines know words of subjects. */
  readonly pseudonym: Pseudonym;
  readonly audit: Pick<AuditLog, 'append'> | null;
  readonly auditReader: AuditReader | null;
  /** How far the chains of all nodes were when that was last published. */
  readonly auditHeads: () => Promise<readonly AuditHead[]>;
  readonly status: () => Promise<ConsoleStatus>;
  /** What recipients asked for through signed links. */
  readonly requests: RequestList | null;
};

/** How the proxy is. */
export type ConsoleStatus = {
  readonly version: string;
  readonly ruleset: string;
  readonly mode: 'shadow' | 'tag' | 'enforce';
  /** ISO 8601. */
  readonly startedAt: string;
  readonly readiness: Readiness;
  /** Null while mail is judged as usual. */
  readonly breaker: {
    readonly cause: BreakerCause;
    readonly reason: string;
    readonly openedAt: string;
  } | null;
  /** Flags of today as a share of what each budget allows on a day like this; null before the first scored message. */
  readonly budgets: { readonly tag: number | null; readonly quarantine: number | null };
  /** Messages of this process by UTC hour, oldest first, at most 48 hours; hours without any are absent. */
  readonly traffic: readonly HourTraffic[];
};

export type HourTraffic = {
  /** ISO 8601, on the hour. */
  readonly hour: string;
  /** Messages by verdict, and by what was done. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly actions: Readonly<Record<string, number>>;
};

export type AuditQuery = {
  readonly limit: number;
  readonly after?: string;
  readonly act?: AuditAct;
  /** Exactly this message, campaign or alias. */
  readonly subject?: string;
};

export type AuditReader = {
  /** Newest first. */
  readonly read: (
    query: AuditQuery,
  ) => Promise<{ readonly entries: readonly RecordedAct[]; readonly next: string | null }>;
};

export type RecipientRequest = {
  readonly id: string;
  readonly kind: 'release' | 'report';
  readonly message: string;
  readonly recipient: string;
  readonly at: string;
  readonly state: 'open' | 'granted' | 'declined';
  /** Who settled it and what was said then; empty while it is open. */
  readonly closedBy: string;
  readonly detail: string;
};

export type RequestList = {
  /** Newest first. */
  readonly list: (
    which: 'open' | 'all',
    page: { readonly limit: number; readonly after?: string },
  ) => readonly RecipientRequest[];
  /** Releases nothing by itself. False where there is no such open request. */
  readonly close: (
    id: string,
    how: { readonly state: 'granted' | 'declined'; readonly by: string; readonly detail: string },
  ) => boolean;
};
