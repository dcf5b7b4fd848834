import type { History } from '../baseline/history.ts';
import type { ValueRecord } from '../baseline/value-record.ts';

/** The comparison a person reads beside a term: what the alias's history says of the value. */
export function baselineText(history: History, record: ValueRecord | null, level: number): string {
  const messages = `${history.messages.toLocaleString('en-US')} messages`;
  if (level === 0) return '';
  if (history.messages === 0) return 'no history of this alias yet';
  const since = history.since === null ? '' : ` since ${history.since}`;
  if (record === null) return `never in ${messages}${since}`;
  return `on ${record.days} ${record.days === 1 ? 'day' : 'days'} so far, not established in ${messages}${since}`;
}
