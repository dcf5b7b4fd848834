import type { ValueRecord } from '../baseline/value-record.ts';

/**
 * What is known of one value: 0 never learned, 1 learned (where no more is asked), else its record with days counted
 * back from the day of the message.
 */
export type RecordForm = 0 | 1 | readonly number[];

/** Stands for a record of which only its presence is asked. */
const learned: ValueRecord = {
  firstDay: 0,
  lastDay: 0,
  days: 1,
  recentDays: 1,
  domains: 0,
  recipients: 0,
  actors: 0,
  count: 1,
};

export function recordForm(
  record: ValueRecord | null,
  { today, isPresenceOnly }: { readonly today: number; readonly isPresenceOnly: boolean },
): RecordForm {
  if (record === null) return 0;
  if (isPresenceOnly) return 1;
  const { firstDay, lastDay, days, recentDays, domains, recipients, actors, count } = record;
  return [today - firstDay, today - lastDay, days, recentDays, domains, recipients, actors, count];
}

export function recordFrom(form: RecordForm, today: number): ValueRecord | null {
  if (form === 0) return null;
  if (form === 1) return learned;
  const [
    firstDay = 0,
    lastDay = 0,
    days = 0,
    recentDays = 0,
    domains = 0,
    recipients = 0,
    actors = 0,
    count = 0,
  ] = form;
  return {
    firstDay: today - firstDay,
    lastDay: today - lastDay,
    days,
    recentDays,
    domains,
    recipients,
    actors,
    count,
  };
}
