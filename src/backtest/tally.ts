import type { KeptMessage } from '../vectors/kept-message.ts';
import {
  changeBetween,
  exampleOf,
  unwatchedOutcome,
  type Change,
  type Compared,
  type Example,
} from './change.ts';

/** Held mail is kept whole and other mail by chance, so that the two are counted apart. */
export type Stratum = 'passed' | 'held';

/** Changes of one kind, on one alias, for one cause. */
export type ChangeTally = Change & {
  readonly alias: string;
  /** Kept messages that show it. */
  readonly passed: number;
  readonly held: number;
  /** The first few, at most 5. */
  readonly examples: readonly Example[];
};

/** What was found in a part of the kept messages; parts add up. */
export type Tally = {
  /** Kept messages that were appraised, by alias. */
  readonly appraised: Readonly<Record<string, Readonly<Record<Stratum, number>>>>;
  readonly changes: readonly ChangeTally[];
  /** Messages of aliases that the other rules do not watch, by alias. */
  readonly unwatched: Readonly<Record<string, number>>;
  /** Messages whose features were read with other lists than those of the rules in force. */
  readonly readOtherwise: number;
  /** Messages that a budget is for whose volume is not kept. */
  readonly lackVolume: number;
};

export type Tallying = {
  readonly add: (message: KeptMessage, compared: Compared) => void;
  readonly tally: () => Tally;
};

const mostExamples = 5;

type Counted = {
  appraised: Record<string, Record<Stratum, number>>;
  unwatched: Record<string, number>;
  readOtherwise: number;
  lackVolume: number;
};

/** `readWith` names the lists of the rules in force. */
export function startTally(readWith: string): Tallying {
  const counted: Counted = { appraised: {}, unwatched: {}, readOtherwise: 0, lackVolume: 0 };
  const changes = new Map<string, ChangeTally>();
  return {
    add: (message, { before, after, lacksVolume }) => {
      const { alias } = message;
      const stratum = message.isHeld ? 'held' : 'passed';
      const own = (counted.appraised[alias] ??= { passed: 0, held: 0 });
      own[stratum] += 1;
      if (message.readWith !== readWith) counted.readOtherwise += 1;
      if (lacksVolume) counted.lackVolume += 1;
      if (after === null) counted.unwatched[alias] = (counted.unwatched[alias] ?? 0) + 1;
      const was = before ?? unwatchedOutcome;
      const would = after ?? unwatchedOutcome;
      const change = changeBetween(was, would);
      if (change === null) return;
      const single: ChangeTally = {
        ...change,
        alias,
        passed: stratum === 'passed' ? 1 : 0,
        held: stratum === 'held' ? 1 : 0,
        examples: [exampleOf(message, was, would)],
      };
      const key = keyOf(single);
      changes.set(key, joined(changes.get(key), single));
    },
    tally: () => ({ ...counted, changes: [...changes.values()] }),
  };
}

export function joinTallies(tallies: readonly Tally[]): Tally {
  const counted: Counted = { appraised: {}, unwatched: {}, readOtherwise: 0, lackVolume: 0 };
  const changes = new Map<string, ChangeTally>();
  for (const tally of tallies) {
    for (const [alias, { passed, held }] of Object.entries(tally.appraised)) {
      const own = (counted.appraised[alias] ??= { passed: 0, held: 0 });
      own.passed += passed;
      own.held += held;
    }
    counted.readOtherwise += tally.readOtherwise;
    counted.lackVolume += tally.lackVolume;
    for (const [alias, messages] of Object.entries(tally.unwatched))
      counted.unwatched[alias] = (counted.unwatched[alias] ?? 0) + messages;
    for (const change of tally.changes) {
      const key = keyOf(change);
      changes.set(key, joined(changes.get(key), change));
    }
  }
  return { ...counted, changes: [...changes.values()] };
}

function keyOf({ alias, kind, takesEffect, cause }: ChangeTally): string {
  return JSON.stringify([alias, kind, takesEffect, cause]);
}

/** The newest examples stay. */
function joined(known: ChangeTally | undefined, more: ChangeTally): ChangeTally {
  if (known === undefined) return more;
  const examples = [...known.examples, ...more.examples].toSorted(
    (left, right) => right.at.localeCompare(left.at) || left.id.localeCompare(right.id),
  );
  return {
    ...known,
    passed: known.passed + more.passed,
    held: known.held + more.held,
    examples: examples.slice(0, mostExamples),
  };
}
