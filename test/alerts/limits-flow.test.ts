import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Policy } from '../../src/decision/policy.ts';
import { oneOfEachVendor, openDesk } from './desk.ts';

const off = { alias: null, actor: null, newActor: null, aliases: {} };

/** Sends honest mail until well past a ceiling of 3 an hour. */
async function flood(limits: Policy['limits'], mode: Policy['mode'] = 'enforce') {
  await using desk = await openDesk({ policy: { limits, mode } });
  const [alias] = oneOfEachVendor(desk.rules);
  assert.ok(alias);
  const answers = [];
  for (let n = 0; n < 5; n++) answers.push(await desk.send({ alias, body: 'Thank you.' }));
  const metric = (action: string) =>
    desk.metric(`aliaswatch_limit_exceeded_total{limit="alias",action="${action}"}`);
  return {
    codes: answers.map(({ code }) => code),
    last: answers.at(-1)?.verdict ?? '',
    learned: desk.lessons.length,
    exceeded: {
      pass: await metric('pass'),
      tag: await metric('tag'),
      defer: await metric('defer'),
    },
  };
}

test('mail past a ceiling is deferred, whatever it scores, and nothing of it is learned', async () => {
  const { codes, learned, exceeded } = await flood({
    ...off,
    alias: { perHour: 3, action: 'defer' },
  });
  assert.deepEqual(codes, [250, 250, 250, 451, 451]);
  assert.equal(learned, 3);
  assert.deepEqual(exceeded, { pass: 0, tag: 0, defer: 2 });
});

test('a tag is delivered and says so', async () => {
  const { codes, last, exceeded } = await flood({ ...off, alias: { perHour: 3, action: 'tag' } });
  assert.deepEqual(codes, [250, 250, 250, 250, 250]);
  assert.match(last, /^suspicious; action=tag; .*; limit=alias; /);
  assert.equal(exceeded.tag, 2);
});

test('in shadow mode nothing is deferred, and the metric shows what would have been', async () => {
  const { codes, last, exceeded } = await flood(
    { ...off, alias: { perHour: 3, action: 'defer' } },
    'shadow',
  );
  assert.deepEqual(codes, [250, 250, 250, 250, 250]);
  assert.match(last, /^anomalous; action=pass; would=defer; mode=shadow; .*; limit=alias; /);
  assert.equal(exceeded.pass, 2);
});

test('somebody new to the alias has a ceiling of their own', async () => {
  const { last } = await flood({ ...off, newActor: { perHour: 3, action: 'tag' } });
  assert.match(last, /^suspicious; action=tag; .*; limit=newActor; /);
});

test('without a ceiling all of it passes', async () => {
  const { last, learned } = await flood(off);
  assert.match(last, /^learning; action=pass;/);
  assert.equal(learned, 5);
});
