import type { AuditRecord } from './audit-log.ts';

/** Longer texts are cut: a line stays below a megabyte whatever a message says. */
const bounds = { subject: 300, reason: 2000, name: 64, text: 4000, entries: 150 };

/** The record within bounds, its text well-formed so that what is read back is what was written. */
export function boundedRecord(record: AuditRecord): AuditRecord {
  const { act, actor, subject, reason, facts, personal } = record;
  return {
    act,
    actor: { ...actor, name: cut(actor.name, bounds.subject) },
    subject: cut(subject, bounds.subject),
    reason: cut(reason, bounds.reason),
    facts: boundedEntries(facts),
    // Nothing needs no commitment.
    personal: Object.fromEntries(
      Object.entries(boundedEntries(personal)).filter(([, value]) => value !== ''),
    ),
  };
}

function boundedEntries<Value extends string | number | boolean | null>(
  entries: Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(entries)
      .slice(0, bounds.entries)
      .map(([name, value]) => [
        cut(name, bounds.name),
        (typeof value === 'string' ? cut(value, bounds.text) : value) as Value,
      ]),
  );
}

function cut(text: string, length: number): string {
  return (text.length > length ? `${text.slice(0, length - 1)}…` : text).toWellFormed();
}
