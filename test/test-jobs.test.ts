import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testJobs } from './support/test-jobs.ts';
import { addTallies, tallyOf } from './support/test-tally.ts';

const core = Array.from({ length: 23 }, (_, index) => `test/score/${10 + index}.test.ts`);
const files = [
  ...core,
  'test/bench/a.test.ts',
  'test/end-to-end/b.test.ts',
  'test/activation/c.test.ts',
  'test/pipeline.test.ts',
];

test('every file is run once, what needs its own process has it, and comes first', () => {
  const jobs = testJobs(files);
  assert.deepEqual(jobs.flatMap((job) => job.files).sort(), [...files].sort());
  const [first, second] = jobs;
  assert.deepEqual(first?.files, ['test/end-to-end/b.test.ts']);
  assert.deepEqual(second?.files, ['test/bench/a.test.ts']);
  assert.deepEqual(
    jobs.slice(2).map(({ name, files: { length } }) => [name, length]),
    [
      ['test/activation', 1],
      ['test/score (1 of 3)', 8],
      ['test/score (2 of 3)', 8],
      ['test/score (3 of 3)', 7],
      ['test', 1],
    ],
  );
});

test('what the reporter counts is added up, and what was skipped is told with its reason', () => {
  const one = tallyOf(
    '﹣ x (1ms) # no Redis\n✔ y (1ms)\nℹ tests 2\nℹ pass 1\nℹ fail 0\nℹ skipped 1\n',
  );
  assert.deepEqual([one.tests, one.pass, one.skipped], [2, 1, 1]);
  assert.deepEqual(one.skippedLines, ['﹣ x (1ms) # no Redis']);
  const sum = addTallies([one, one, tallyOf('it ended by a signal')]);
  assert.deepEqual([sum.tests, sum.pass, sum.fail, sum.skippedLines.length], [4, 2, 0, 2]);
});
