import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUndoable } from '../../src/review/is-undoable.ts';
import type { Act, Effect } from '../../src/review/review.ts';

const has = { recipient: 'ann@example.test', outcome: 'delivered', reply: '250 Ok' } as const;
const had = { ...has, outcome: 'already-delivered' } as const;
const not = { recipient: 'ben@example.test', outcome: 'refused', reply: '451' } as const;

const cases: readonly [
  name: string,
  kind: Act['kind'],
  effects: readonly Omit<Effect, 'message' | 'detail'>[],
  expected: boolean,
][] = [
  ['a refused release did nothing', 'release', [{ outcome: 'refused', recipients: [not] }], false],
  ['nor did one of what all had', 'release', [{ outcome: 'already', recipients: [had] }], false],
  ['in part', 'release', [{ outcome: 'partly', recipients: [has, not] }], true],
  ['in part, and that before', 'release', [{ outcome: 'partly', recipients: [had, not] }], false],
  ['one of two', 'delete', [{ outcome: 'missing' }, { outcome: 'done' }], true],
  ['one that broke off may have done something', 'delete', [], true],
  ['people were told', 'notify', [{ outcome: 'done' }], false],
  ['an undo is done again by doing it again', 'undo', [{ outcome: 'done' }], false],
];

for (const [name, kind, effects, expected] of cases)
  test(`${name}: ${kind}, ${expected ? '' : 'nothing '}to take back`, () => {
    const all = effects.map((effect) => ({ message: 'm', detail: '', ...effect }));
    assert.equal(isUndoable({ kind, effects: all, undoneBy: null }), expected);
    assert.equal(isUndoable({ kind, effects: all, undoneBy: 'a2' }), false, 'only once');
  });
