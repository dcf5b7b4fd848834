import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Act, Review } from '../../src/review/review.ts';
import { alias, lessonFor, openDesk, operator, why, type Desk } from './desk.ts';

const campaigns = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'] as const;
const shares = { keys: ['k'], telling: ['k'] };

type World = { readonly held: readonly string[]; readonly tagged: readonly string[] };

/** Two held messages of each campaign, a tagged one of each, and a copy of the first that passed before the flag. */
async function fill({ hold, pass }: Desk): Promise<World> {
  const held: string[] = [];
  const tagged: string[] = [];
  for (const campaign of [...campaigns, ...campaigns]) held.push(await hold({ campaign }));
  for (const [index, campaign] of campaigns.entries()) {
    const lesson = lessonFor(`tagged-${campaign}`, alias);
    const given = { campaign, action: 'tag', taught: null, lesson } as const;
    tagged.push(await pass({ ...given, ...(index === 0 ? shares : { keys: [], telling: ['j'] }) }));
  }
  await pass(shares);
  return { held, tagged };
}

const step = fc.record({
  what: fc.constantFrom('release', 'release-all', 'delete', 'confirm', 'approve', 'value', 'undo'),
  which: fc.nat({ max: 3 }),
  elsewhere: fc.boolean(),
  times: fc.integer({ min: 1, max: 2 }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function act(review: Review, { what, which }: Step, world: World, acts: readonly Act[]) {
  const message = world.held[which]!;
  const campaign = campaigns[which % 2]!;
  switch (what) {
    case 'release':
      return review.release({ message }, operator, why);
    case 'release-all':
      return review.release({ campaign }, operator, why);
    case 'delete':
      return review.delete({ message }, operator, why);
    case 'confirm':
      return review.confirmAttack({ campaign }, operator, why);
    case 'approve':
      return review.approveMessage(world.tagged[which % 2]!, operator, why);
    case 'value':
      return review.approveValue(
        { alias, table: 'domain', value: `${which}.example`, days: 1 + which },
        operator,
        why,
      );
    case 'undo': {
      const earlier = acts[which];
      return earlier === undefined ? null : review.undo(earlier.id, operator, why);
    }
  }
}

/** All that acts may have changed and an undo is to change back. */
async function stateOf({ learned, review, standing, quarantine }: Desk, { held }: World) {
  await standing.refresh();
  const states = await Promise.all(held.map(async (id) => (await quarantine.find(id))?.state));
  return {
    learned: await learned(),
    attacks: [...standing.attacks().keys()].sort(),
    approvals: (await review.approvals(null)).map(({ value, expiresAt }) => [value, expiresAt]),
    states,
  };
}

test('whatever is done in whatever order, and twice: taken back, it is as it was', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 8 }),
    fc.infiniteStream(fc.nat({ max: 1000 })),
    async (steps, order) => {
      await using desk = await openDesk('sqlite');
      const world = await fill(desk);
      const before = await stateOf(desk, world);
      const acts: Act[] = [];
      for (const each of steps) {
        const who = each.elsewhere ? desk.elsewhere : desk.review;
        const first = await act(who, each, world, acts);
        const state = await stateOf(desk, world);
        const made = first === null ? [] : [first];
        if (each.times === 2 && each.what !== 'value') {
          const second = await act(desk.review, each, world, acts);
          assert.deepEqual(await stateOf(desk, world), state, `${each.what} twice is once`);
          if (second !== null) made.push(second);
        }
        acts.push(...made.filter(({ kind }) => kind !== 'undo'));
      }
      const sent = desk.nextHop.messages.length;
      const released = before.states.length;
      assert.ok(sent <= 2 * released, `${sent} messages to ${released} times two recipients`);
      const rest = [...acts];
      while (rest.length > 0) {
        const [next] = rest.splice(order.next().value! % rest.length, 1);
        await desk.review.undo(next!.id, operator, why);
      }
      const after = await stateOf(desk, world);
      assert.deepEqual(
        { ...after, states: after.states.map((state) => (state === 'released' ? 'held' : state)) },
        before,
      );
    },
  );
  await fc.assert(property, { numRuns: 20, endOnFailure: true });
});
