/** What happened, in a closed set: a reader of the log can count on these words. */
export const auditActs = [
  'decision',
  'held',
  'released',
  'deleted',
  'attack-confirmed',
  'value-approved',
  'message-approved',
  'undone',
  'notice-sent',
  'campaign-notified',
  'incident-exported',
  'rules-activated',
  'rules-refused',
  'rules-rolled-back',
  'breaker-opened',
  'breaker-closed',
  'logged-in',
  'login-refused',
  'session-revoked',
  'token-changed',
  'operator-changed',
  'recipient-erased',
  'baseline-forgotten',
  'backed-up',
  'restored',
] as const;
export type AuditAct = (typeof auditActs)[number];

/** Who did it. */
export type AuditActor = {
  /** `proxy` decided by itself, an `operator` acted, a `recipient` used a signed link. */
  readonly kind: 'proxy' | 'operator' | 'recipient';
  /** Login name of an operator, host name of a proxy; for a recipient the address, which is personal. */
  readonly name: string;
  /** How it came about. */
  readonly via: 'message' | 'command' | 'console' | 'api' | 'link' | 'schedule';
};

/** One record as a caller gives it; the log adds its number, its time and its place in the chain. */
export type AuditRecord = {
  readonly act: AuditAct;
  readonly actor: AuditActor;
  /** What it was done to: a message id, a campaign id, an alias; empty where there is none. */
  readonly subject: string;
  /** Why, in the operator's words or the verdict's. */
  readonly reason: string;
  /** Facts that name no person. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** Facts that may name one (addresses, subjects): committed to by a salted hash, kept where they can be erased. */
  readonly personal: Readonly<Record<string, string>>;
};

/** Append-only, hash-chained. */
export interface AuditLog {
  /** Resolves once the record is on disk (group commit). @throws when it cannot be written. */
  append(record: AuditRecord): Promise<void>;
}
