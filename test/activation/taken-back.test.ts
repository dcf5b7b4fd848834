import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takenBack } from '../../src/activation/taken-back.ts';
import type { Activation, InForce } from '../../src/activation/rule-set-store.ts';

/** Lines newest first, as `version previous way stage`. */
function after(lines: readonly string[], active: string, candidate: string | null = null) {
  const history = lines.map((line) => {
    const [version, previous, via = 'cli', stage = 'enforce'] = line.split(' ');
    return { version, previous: previous === '-' ? null : previous, via, stage } as Activation;
  });
  const tried: InForce['candidate'] =
    candidate === null ? null : { version: candidate, stage: { kind: 'shadow' } };
  return takenBack(history, { active, candidate: tried });
}

const abc = ['c b', 'b a', 'a -'];

test('what one rollback took back, and what several in a row did', () => {
  assert.deepEqual(after(['b c rollback', ...abc], 'b'), ['c']);
  assert.deepEqual(after(['a b rollback', 'b c rollback', ...abc], 'a'), ['b', 'c']);
});

test('what is in force again, or tried, was not', () => {
  assert.deepEqual(after(['c b rollback', 'b c rollback', ...abc], 'c'), ['b']);
  assert.deepEqual(after(['b c rollback', ...abc], 'b', 'c'), []);
});

test('a candidate goes along with the set in force', () => {
  const tried = ['d c cli canary', ...abc];
  assert.deepEqual(after(['a c rollback', ...tried], 'a'), ['c', 'd']);
  assert.deepEqual(after(['c d rollback', ...tried], 'c'), ['d']);
});

test('rollbacks before something else was activated are over', () => {
  assert.deepEqual(after(['c b rollback', 'd c', 'b x rollback', ...abc], 'c'), ['b']);
});

test('without a rollback it is what the set in force took the place of', () => {
  assert.deepEqual(after(['a c', ...abc], 'a'), ['c']);
  assert.deepEqual(after(['a -'], 'a'), []);
  assert.deepEqual(after([], 'a'), []);
});
