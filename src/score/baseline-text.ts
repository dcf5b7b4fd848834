import type { History } from '../baseline/history.ts';
import type { ValueRecord } from '../baseline/value-record.ts';

/** The comparisons a person reads beside what is not ordinary. */
export type BaselineTexts = {
  /** Beside a value. */
  readonly ofValue: (record: ValueRecord | null) => string;
  /** Beside a quantity. */
  readonly ofCount: (events: number) => string;
};

/** All of one message speak of the same history, which is put into words once. */
export function baselineTexts(history: History): BaselineTexts {
  if (history.messages === 0) return { ofValue: () => noHistory, ofCount: () => noHistory };
  let known: string | null = null;
  const span = () => (known ??= spanOf(history));
  return {
    ofValue: (record) =>
      record === null
        ? `never in ${span()}`
        : `on ${record.days} ${record.days === 1 ? 'day' : 'days'} so far, not established in ${span()}`,
    ofCount: (events) =>
      events === 0 ? `never in ${span()}` : `${inThousands.format(events)} times in ${span()}`,
  };
}

/** Made once: a number formatted without it makes one each time. */
const inThousands = new Intl.NumberFormat('en-US');

const noHistory = 'no history of this alias yet';

function spanOf({ messages, since }: History): string {
  return `${inThousands.format(messages)} messages${since === null ? '' : ` since ${since}`}`;
}
