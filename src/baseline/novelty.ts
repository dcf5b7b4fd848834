import { maturedDays, sketchSize, type ValueRecord } from './value-record.ts';

/** What makes a value ordinary (DESIGN 7). A count is deliberately not a criterion: a flood would buy it. */
export const establishing = {
  days: 3,
  domains: 5,
  /** Where the alias reaches fewer than `domains` recipient domains here. */
  daysAtOneSite: 7,
  recipients: 5,
  /** Contact points: what a callback lure needs is never learned in a hurry. */
  contactDays: 10,
  contactActors: 3,
};

/**
 * Whether a value has become ordinary for its alias by `today`: enough matured days over enough recipients, measured
 * against what the alias reaches here at all. A recipient is known once it was written to.
 */
export function isEstablished(
  table: string,
  record: ValueRecord | null,
  reach: ValueRecord | null,
  today: number,
): boolean {
  if (record === null) return false;
  if (table === 'recipient') return true;
  const days = maturedDays(record, today);
  if (table === 'contact') {
    const actors = Math.min(establishing.contactActors, sketchSize(reach?.actors ?? 0));
    return days >= establishing.contactDays && sketchSize(record.actors) >= actors;
  }
  const reachedDomains = sketchSize(reach?.domains ?? 0);
  if (reachedDomains >= establishing.domains)
    return days >= establishing.days && sketchSize(record.domains) >= establishing.domains;
  const recipients = Math.min(establishing.recipients, sketchSize(reach?.recipients ?? 0));
  return days >= establishing.daysAtOneSite && sketchSize(record.recipients) >= recipients;
}
