import type { Registry } from 'prom-client';
import { counter, gaugeOfOne } from './instruments.ts';

/** Hexadecimal digits of a hash that a metric can hold exactly: its values are doubles of 53 bits. */
const exactDigits = 12;

/** How far the audit log has come, and whether it can be written. */
export function auditMetrics(registry: Registry) {
  const sequence = gaugeOfOne(
    registry,
    'audit_head_sequence',
    'Records in the audit chain of this process when its head was last published',
  );
  const hash = gaugeOfOne(
    registry,
    'audit_head_hash',
    "First 48 bits of the published head's hash, as a whole number",
  );
  return {
    auditLost: counter(
      registry,
      'audit_lost_total',
      'Records that could not be written to the audit log; mail went on',
    ),
    auditNotPublished: counter(
      registry,
      'audit_publish_failed_total',
      'Times the store did not take the head of the audit log',
    ),
    auditDamaged: counter(
      registry,
      'audit_damaged_total',
      'Audit chains that were found changed or shortened at a start',
    ),
    /** A head was published. */
    auditHead: (head: { readonly sequence: number; readonly hash: string }) => {
      sequence.set(head.sequence);
      hash.set(Number.parseInt(head.hash.slice(0, exactDigits), 16));
    },
  };
}
