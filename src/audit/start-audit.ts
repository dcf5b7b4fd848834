import { join } from 'node:path';
import type { Events } from '../observability/events.ts';
import type { AuditHeads } from './audit-heads.ts';
import type { AuditLog } from './audit-log.ts';
import { openAudit } from './open-audit.ts';
import { openHeads } from './open-heads.ts';
import { publishHeads } from './publish-heads.ts';
import { recordDecisions } from './record-decisions.ts';
import { recordRuleChanges, recordRules } from './record-rules.ts';

export type StartAuditOptions = {
  readonly settings: {
    readonly stateDir: string;
    readonly store: string;
    readonly storeTimeoutMs: number;
    readonly hostname: string;
  };
  readonly events: Events;
  readonly now: () => Date;
};

export type RunningAudit = AsyncDisposable & {
  readonly audit: AuditLog;
  /** The events given, recorded. */
  readonly events: Events;
  /** Heads that were published, of all nodes. */
  readonly heads: AuditHeads['all'];
  /** A rule set came into force. */
  readonly rulesActivated: (rules: Parameters<typeof recordRules>[1]) => void;
};

/** Where the audit log of a state directory is. */
export function auditDirectory(stateDir: string): string {
  return join(stateDir, 'audit');
}

/** The audit log of a server: records decisions, and publishes its head every minute and at the end. */
export async function startAudit({
  settings: { stateDir, store, storeTimeoutMs, hostname: host },
  events,
  now,
}: StartAuditOptions): Promise<RunningAudit> {
  await using opened = new AsyncDisposableStack();
  const heads = opened.use(await openHeads(store, { timeoutMs: storeTimeoutMs }));
  const directory = auditDirectory(stateDir);
  const onDamaged = events.auditDamaged;
  const audit = openAudit({ directory, host, heads, now, onDamaged });
  opened.use(publishHeads({ head: audit.head, heads, events, now }));
  // Disposed of before the publisher: the last records belong to the last head.
  opened.use(audit);
  const options = { host, onLost: events.auditLost };
  const owned = opened.move();
  return {
    audit,
    heads: () => heads.all(),
    events: recordRuleChanges(recordDecisions(events, audit, options), audit, options),
    rulesActivated: (rules) => recordRules(audit, rules, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
