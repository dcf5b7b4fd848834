import type { History } from '../baseline/history.ts';
import type { ValueRecord } from '../baseline/value-record.ts';

/** The comparison a person reads beside a value that is not ordinary. */
export function valueText(history: History, record: ValueRecord | null): string {
  if (history.messages === 0) return noHistory;
  if (record === null) return `never in ${span(history)}`;
  return `on ${record.days} ${record.days === 1 ? 'day' : 'days'} so far, not established in ${span(history)}`;
}

/** The same beside a quantity that is out of the ordinary. */
export function countText(history: History, events: number): string {
  if (history.messages === 0) return noHistory;
  return events === 0
    ? `never in ${span(history)}`
    : `${inThousands.format(events)} times in ${span(history)}`;
}

/** Made once: a number formatted without it makes one each time. */
const inThousands = new Intl.NumberFormat('en-US');

const noHistory = 'no history of this alias yet';

function span({ messages, since }: History): string {
  return `${inThousands.format(messages)} messages${since === null ? '' : ` since ${since}`}`;
}
