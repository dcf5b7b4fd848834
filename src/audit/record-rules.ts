import type { AuditLog } from './audit-log.ts';
import type { RecordingOptions } from './record-decisions.ts';

/** A rule set is in force from now on; nothing waits for the record. */
export function recordRules(
  audit: AuditLog,
  rules: {
    readonly version: string;
    readonly aliases: readonly unknown[];
    readonly policy: { readonly mode: string };
  },
  { host, onLost }: RecordingOptions,
): void {
  const { version, aliases, policy } = rules;
  void audit
    .append({
      act: 'rules-activated',
      actor: { kind: 'proxy', name: host, via: 'schedule' },
      subject: version,
      reason: '',
      facts: { mode: policy.mode, aliases: aliases.length },
      personal: {},
    })
    .catch((error: unknown) => onLost('rules-activated', error));
}
