import type { AuditAct, AuditRecord } from '../audit/audit-log.ts';
import type { Act } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';

export type ToRecord = {
  readonly subject?: string;
  readonly facts?: AuditRecord['facts'];
  readonly personal?: AuditRecord['personal'];
};

/** Puts an act, or what it did to one message, on the audit log. @throws when it cannot be recorded. */
export function recordAct(
  { audit }: Pick<ReviewDependencies, 'audit'>,
  act: Act,
  kind: AuditAct,
  { subject = act.subject, facts = {}, personal = {} }: ToRecord,
): Promise<void> {
  return audit.append({
    act: kind,
    actor: act.by,
    subject,
    reason: act.reason,
    facts: { review: act.id, ...facts },
    personal,
  });
}
