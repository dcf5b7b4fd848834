import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import type { Review } from '../../src/review/review.ts';
import type { ReviewDependencies } from '../../src/review/review-dependencies.ts';
import { openDesk, operator, why, type Desk } from './desk.ts';

/**
 * A process that dies before its n-th call of anything outside: from then on nothing it calls does anything, or answers.
 * What it had called has happened.
 */
function dyingBefore(fatalCall: number) {
  const calls: string[] = [];
  const died = Promise.withResolvers<undefined>();
  const never = new Promise<never>(() => undefined);
  const counted =
    <Arguments extends unknown[], Answer>(
      name: string,
      call: (...values: Arguments) => Promise<Answer>,
    ) =>
    (...values: Arguments): Promise<Answer> => {
      if (calls.length >= fatalCall) {
        died.resolve(undefined);
        return never;
      }
      calls.push(name);
      return call(...values);
    };
  /** `exclusively` only surrounds other calls. */
  const all = <Adapter extends object>(title: string, adapter: Adapter): Adapter =>
    new Proxy(adapter, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const bound = value.bind(target) as (...values: unknown[]) => Promise<unknown>;
        return name === 'exclusively' ? bound : counted(`${title} ${String(name)}`, bound);
      },
    });
  return {
    calls,
    died: died.promise,
    wrap: (deps: ReviewDependencies): ReviewDependencies => ({
      ...deps,
      store: all('store', deps.store),
      quarantine: all('quarantine', deps.quarantine),
      baselines: all('baselines', deps.baselines),
      audit: all('audit', deps.audit),
      deliver: counted('deliver', deps.deliver),
    }),
  };
}

/** Whoever is dead gives back what it had taken when its time is over, which here it is at once. */
async function letClaimsExpire({ folder }: Desk): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^baselines\.db-[a-z]+$/.test(name) || /-(?:wal|shm)$/.test(name)) continue;
    using database = new DatabaseSync(join(folder, name));
    const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'claim'").get();
    if (has !== undefined) database.exec('DELETE FROM claim');
  }
}

type Doing = (review: Review, id: string) => Promise<unknown>;

/** The act dies before that call, and another process does it again. Null where it came to its end before. */
async function killed(fatalCall: number, act: Doing) {
  const victim = dyingBefore(fatalCall);
  const desk = await openDesk('sqlite', victim.wrap);
  const id = await desk.hold();
  const ended = act(desk.review, id).then(() => 'ended');
  const isDead = (await Promise.race([victim.died.then(() => 'died'), ended])) === 'died';
  await letClaimsExpire(desk);
  if (isDead) await act(desk.elsewhere, id);
  return { desk, id, isDead, calls: victim.calls };
}

/** Every call that `act` makes, one after the other. */
async function everyCall(
  act: Doing,
  check: (outcome: Awaited<ReturnType<typeof killed>>) => Promise<void>,
): Promise<number> {
  for (let fatalCall = 0; ; fatalCall++) {
    const outcome = await killed(fatalCall, act);
    try {
      await check(outcome);
    } catch (error) {
      throw new Error(`killed after ${outcome.calls.join(', ')}`, { cause: error });
    } finally {
      await outcome.desk[Symbol.asyncDispose]();
    }
    if (!outcome.isDead) return fatalCall;
  }
}

/** On the record, or in the journal as an act that broke off: an act that was begun is never without a trace. */
async function assertTraced({ audited, elsewhere }: Desk, kind: string, isDead: boolean) {
  const acts = await elsewhere.acts({ limit: 10 });
  const brokeOff = acts.filter(({ effects }) => effects.length === 0);
  const recorded = audited.filter((record) => record.act === kind);
  assert.ok(recorded.length > 0 || (isDead && brokeOff.length > 0));
}

describe('killed before any call of what it touches, and done again by another process', () => {
  test('release: everybody has it, once but for a kill between the reply and its note; learned once', async () => {
    let learned: unknown = null;
    const release: Doing = (review, id) => review.release({ message: id }, operator, why);
    const last = await everyCall(release, async ({ desk, id, isDead, calls }) => {
      const held = await desk.quarantine.find(id);
      assert.equal(held?.state, 'released');
      const mayBeTwice = isDead && calls.at(-1) === 'deliver' ? 1 : 0;
      const recipients = held.envelope.rcptTo.length;
      assert.equal(desk.nextHop.messages.length, recipients + mayBeTwice);
      const values = JSON.stringify(await desk.learned()).replaceAll(id, 'ID');
      learned ??= values;
      assert.equal(values, learned);
      assert.match(values, /"counters":\{"n":1\}/);
      await assertTraced(desk, 'released', isDead);
      const { messages } = await desk.elsewhere.list({ state: 'released' }, { limit: 10 });
      assert.deepEqual(
        messages.map((message) => message.id),
        [id],
      );
    });
    assert.ok(last > 8, `${last} calls`);
  });

  test('delete: in the bin, from which it can be taken; nobody gets it', async () => {
    const intoBin: Doing = (review, id) => review.delete({ message: id }, operator, why);
    const last = await everyCall(intoBin, async ({ desk, id, isDead }) => {
      assert.equal((await desk.quarantine.find(id))?.state, 'deleted');
      assert.equal(desk.nextHop.messages.length, 0);
      await assertTraced(desk, 'deleted', isDead);
      // The one that broke off may be the one that did it.
      for (const act of await desk.elsewhere.acts({ limit: 10 }))
        await desk.elsewhere.undo(act.id, operator, why);
      assert.equal((await desk.quarantine.find(id))?.state, 'held');
    });
    assert.ok(last > 4, `${last} calls`);
  });
});
