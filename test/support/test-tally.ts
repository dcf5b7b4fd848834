/** What Node's test reporter counts at the end. */
export type Tally = {
  readonly tests: number;
  readonly pass: number;
  readonly fail: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
  /** Each with its reason. */
  readonly skippedLines: readonly string[];
};

/** Read off the output of the reporter `spec`; zeros where it did not come to its end. */
export function tallyOf(output: string): Tally {
  const count = (name: string) =>
    Number(new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  return {
    tests: count('tests'),
    pass: count('pass'),
    fail: count('fail'),
    cancelled: count('cancelled'),
    skipped: count('skipped'),
    todo: count('todo'),
    skippedLines: output.split('\n').filter((line) => /^\s*﹣/.test(line)),
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number) =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    tests: sum(({ tests }) => tests),
    pass: sum(({ pass }) => pass),
    fail: sum(({ fail }) => fail),
    cancelled: sum(({ cancelled }) => cancelled),
    skipped: sum(({ skipped }) => skipped),
    todo: sum(({ todo }) => todo),
    skippedLines: tallies.flatMap(({ skippedLines }) => skippedLines),
  };
}
