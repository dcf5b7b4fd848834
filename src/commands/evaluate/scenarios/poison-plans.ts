import { recipientAt } from './background.ts';

export const poisonedDays = 40;

/** The lure that is to become ordinary. */
export const prize = 17;

/** How somebody who can fill a slot tries to teach us his lure (detection section 3). */
export type Poison = {
  readonly id: string;
  readonly title: string;
  /** Messages on a day, 0 … 39. */
  readonly messages: (day: number) => number;
  readonly recipients: (serial: number) => readonly string[];
  /** Lures are chosen by it: the prize that is to be learned, or another one every time. */
  readonly lure: (serial: number) => number;
};

const toOne = (serial: number) => [recipientAt(serial % 60)];
const domains = Array.from({ length: 30 }, (_, index) => `person@poisoned-${index}.example.org`);

export const poisons: readonly Poison[] = [
  {
    id: 'drip',
    title: 'one a day',
    messages: () => 1,
    recipients: () => [recipientAt(1)],
    lure: () => prize,
  },
  {
    id: 'broad-drip',
    title: 'one a day to 30 domains',
    messages: () => 1,
    recipients: () => domains,
    lure: () => prize,
  },
  {
    id: 'ramp',
    title: '10 % more every day',
    messages: (day) => Math.round(1.1 ** day),
    recipients: toOne,
    lure: () => prize,
  },
  {
    id: 'chaff',
    title: 'ten a day, each with a domain never seen',
    messages: () => 10,
    recipients: toOne,
    lure: (serial) => prize + 1 + serial,
  },
];
