import type { LoadedRules } from '../activation/rules-in-force.ts';
import type { Events } from '../observability/events.ts';
import type { AuditLog, AuditRecord } from './audit-log.ts';
import type { RecordingOptions } from './record-decisions.ts';

type ShownRules = {
  readonly version: string;
  readonly aliases: readonly unknown[];
  readonly policy: { readonly mode: string };
};

/** A rule set is in force from now on, or is a candidate; nothing waits for the record. */
export function recordRules(
  audit: AuditLog,
  { version, aliases, policy }: ShownRules,
  options: RecordingOptions,
  stage = 'enforce',
): void {
  record(audit, options, {
    act: 'rules-activated',
    subject: version,
    reason: '',
    facts: { mode: policy.mode, aliases: aliases.length, stage },
  });
}

/** The same events, with a record of which rules this process took, and which it refused. */
export function recordRuleChanges(
  events: Events,
  audit: AuditLog,
  options: RecordingOptions,
): Events {
  return {
    ...events,
    rulesChanged: (now, before) => {
      events.rulesChanged(now, before);
      if (now.active.version !== before.active.version) recordRules(audit, now.active, options);
      const { candidate } = now;
      if (candidate !== null && isNews(candidate, before))
        recordRules(audit, candidate.rules, options, candidate.stage.kind);
    },
    rulesRefused: (refused, refusals) => {
      events.rulesRefused(refused, refusals);
      for (const { step, problems } of refusals)
        record(audit, options, {
          act: 'rules-refused',
          subject: refused.version ?? '',
          reason: problems[0] ?? '',
          facts: { step, via: refused.via, problems: problems.length },
        });
    },
  };
}

function isNews(
  { rules, stage }: NonNullable<LoadedRules['candidate']>,
  { candidate }: LoadedRules,
): boolean {
  return candidate?.rules.version !== rules.version || candidate.stage.kind !== stage.kind;
}

function record(
  audit: AuditLog,
  { host, onLost }: RecordingOptions,
  what: Pick<AuditRecord, 'act' | 'subject' | 'reason' | 'facts'>,
): void {
  void audit
    .append({ ...what, actor: { kind: 'proxy', name: host, via: 'schedule' }, personal: {} })
    .catch((error: unknown) => onLost(what.act, error));
}
