import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  keptSets,
  nothingInForce,
  type Activation,
  type RuleSetStore,
} from '../../src/activation/rule-set-store.ts';

export type RuleSetStoreUnderTest = {
  readonly name: string;
  readonly skip: string | false;
  /** Two clients of one new and empty store. */
  readonly openTwo: () => Promise<readonly [RuleSetStore, RuleSetStore]>;
};

export function activation(version: string, rest: Partial<Activation> = {}): Activation {
  return {
    version,
    previous: null,
    at: '2026-11-29T10:00:00.000Z',
    by: 'ann',
    via: 'cli',
    stage: 'enforce',
    forced: false,
    reason: '',
    steps: [],
    ...rest,
  };
}

const filesOf = (text: string) => new Map([['policy.yaml', Buffer.from(text)]]);
const nothing = { candidate: null, ignored: [] };

function put(store: RuleSetStore, sequence: number, version: string): Promise<boolean> {
  return store.change(sequence, {
    next: { active: version, ...nothing },
    entry: activation(version),
    files: filesOf(version),
  });
}

type Case = readonly [
  name: string,
  check: (store: RuleSetStore, other: RuleSetStore) => Promise<void>,
];

const cases: readonly Case[] = [
  [
    'a new store knows nothing',
    async (store) => {
      assert.deepEqual(await store.inForce(), nothingInForce);
      assert.deepEqual(await store.history(10), []);
      assert.equal(await store.filesOf('a'), null);
      assert.equal(await store.isKnown('a'), false);
    },
  ],
  [
    'what was changed is seen by the other client, all of it',
    async (store, other) => {
      const files = new Map([
        ['policy.yaml', Buffer.from('mode: tag\n')],
        ['aliases/ü.yaml', Buffer.from([0, 1, 0xff, 10])],
        ['empty', Buffer.alloc(0)],
      ]);
      const stage = { kind: 'canary', share: 0.25 } as const;
      const next = { active: 'a', candidate: { version: 'b', stage }, ignored: ['c'] };
      const entry = activation('b', { previous: 'a', stage: 'canary', steps: ['test: fine'] });
      assert.equal(await store.change(0, { next, entry, files }), true);
      assert.deepEqual(await other.inForce(), { sequence: 1, ...next });
      assert.deepEqual(await other.history(10), [entry]);
      assert.deepEqual(await other.filesOf('b'), files);
      assert.equal(await other.isKnown('b'), true);
      assert.equal(await other.isKnown('a'), false, 'only what has a line in the history');
    },
  ],
  [
    'of two changes of the same state one counts, and the other has changed nothing',
    async (store, other) => {
      const done = await Promise.all([put(store, 0, 'a'), put(other, 0, 'b')]);
      assert.deepEqual(done.toSorted(), [false, true]);
      const [winner, loser] = done[0] ? ['a', 'b'] : ['b', 'a'];
      assert.deepEqual(await store.inForce(), { sequence: 1, active: winner, ...nothing });
      assert.equal(await other.filesOf(loser), null);
      assert.equal((await other.history(10)).length, 1);
      assert.equal(await put(store, 0, loser), false);
      assert.equal(await put(other, 1, loser), true);
    },
  ],
  [
    'the history is newest first, and as long as asked for',
    async (store) => {
      for (const [index, version] of ['a', 'b', 'c'].entries()) await put(store, index, version);
      assert.deepEqual(
        (await store.history(2)).map(({ version }) => version),
        ['c', 'b'],
      );
    },
  ],
  [
    'the newest sets keep their files, and so does what is in use, however old',
    async (store) => {
      await put(store, 0, 'first');
      const files = filesOf('other');
      for (let index = 1; index <= keptSets + 5; index++) {
        const version = `v${index}`;
        const candidate = { version, stage: { kind: 'shadow' } } as const;
        const next = { active: 'first', candidate, ignored: [] };
        await store.change(index, { next, entry: activation(version), files });
      }
      assert.notEqual(await store.filesOf('first'), null);
      assert.notEqual(await store.filesOf(`v${keptSets + 5}`), null);
      assert.equal(await store.filesOf('v1'), null);
      assert.equal(await store.isKnown('v1'), true, 'the history reaches further back');
    },
  ],
  [
    'a set whose files are stored is put in force again without them',
    async (store) => {
      await put(store, 0, 'a');
      await put(store, 1, 'b');
      const next = { active: 'a', candidate: null, ignored: ['b'] };
      const entry = activation('a', { previous: 'b', via: 'rollback' });
      assert.equal(await store.change(2, { next, entry, files: null }), true);
      assert.deepEqual(await store.filesOf('a'), filesOf('a'));
      assert.deepEqual(await store.inForce(), { sequence: 3, ...next });
    },
  ],
];

export function ruleSetStoreContract({ name, skip, openTwo }: RuleSetStoreUnderTest): void {
  describe(`stored rules in ${name}`, { skip }, () => {
    for (const [title, check] of cases)
      test(title, async () => {
        const [first, second] = await openTwo();
        await using opened = new AsyncDisposableStack();
        await check(opened.use(first), opened.use(second));
      });
  });
}
