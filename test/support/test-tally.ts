/** What Node's test reporter counts at the end. */
export const counted = ['tests', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const;

type Counts = Readonly<Record<(typeof counted)[number], number>>;

export type Tally = Counts & {
  /** Each with its reason. */
  readonly skippedLines: readonly string[];
};

/** Read off the output of the reporter `spec`; zeros where it did not come to its end. Pure. */
export function tallyOf(output: string): Tally {
  const count = (name: string) =>
    Number(new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  return {
    ...countsBy(count),
    skippedLines: output.split('\n').filter((line) => /^\s*﹣/.test(line)),
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    ...countsBy((name) => tallies.reduce((sum, tally) => sum + tally[name], 0)),
    skippedLines: tallies.flatMap(({ skippedLines }) => skippedLines),
  };
}

function countsBy(countOf: (name: keyof Counts) => number): Counts {
  return Object.fromEntries(counted.map((name) => [name, countOf(name)])) as Counts;
}
