import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneOfEachVendor, openDesk } from './desk.ts';

/** What becomes of mail whose display name shows a watched address, under rules that begin to hold such mail. */
async function claimsBy(authors: readonly string[]) {
  await using desk = await openDesk({
    policy: { impersonation: { action: 'quarantine' } },
    before: { impersonation: { action: 'tag' } },
  });
  const alias = oneOfEachVendor(desk.rules).find(({ addresses: [first = ''] }) =>
    /^\w/.test(first),
  );
  assert.ok(alias);
  const actions = [];
  for (const author of authors) {
    const from = `"${alias.addresses[0] ?? ''}" <${author}>`;
    const { verdict } = await desk.send({ alias, from });
    assert.match(verdict, /^impersonation;/);
    actions.push(/action=(\w+)/.exec(verdict)?.[1]);
  }
  const opened = desk.logLines().filter(({ msg }) => String(msg).startsWith('breaker opened'));
  return { actions, causes: opened.map(({ cause }) => cause) };
}

test('claims that only a new set holds open its breaker: what follows is tagged', async () => {
  const authors = ['ann', 'bea', 'cem', 'dan', 'eva'].map((name, n) => `${name}@list${n}.example`);
  const { actions, causes } = await claimsBy(authors);
  assert.deepEqual(actions, ['quarantine', 'quarantine', 'tag', 'tag', 'tag']);
  assert.deepEqual(causes, ['ruleset']);
});

test('claims of one author are one attack, and held', async () => {
  const { actions, causes } = await claimsBy(new Array(10).fill('Ann@list.example'));
  assert.deepEqual(new Set(actions), new Set(['quarantine']));
  assert.deepEqual(causes, []);
});
