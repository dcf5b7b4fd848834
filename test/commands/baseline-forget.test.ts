import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { lesson, touch } from '../baseline/store-contract.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const state = shell.path('state');
const location = `sqlite:${shell.path('baselines.db')}`;
const opened = () => openStore(location, { limits: defaultStoreLimits, timeoutMs: 5000 });
const monday = Date.parse('2026-03-02') / 86_400_000;
const because = ['--reason', 'taught by a campaign'];
const forget = (...argv: readonly string[]) => [
  ...['baseline', 'forget', '--store', location, '--state-dir', state],
  ...argv,
];

before(async () => {
  await mkdir(state, { recursive: true });
  await using store = await opened();
  for (const alias of ['paypal-service', 'other-vendor'])
    for (const [index, domain] of ['honest.example', 'lure.example'].entries())
      await store.commit(lesson(alias, monday + index, { values: [touch('link', domain)] }));
});

async function linksOf(alias: string): Promise<readonly string[]> {
  await using store = await opened();
  const { values } = await store.describe(alias, new Date());
  return values.map(({ value }) => value);
}

describe('baseline forget', () => {
  test('takes back what one day taught, of that alias alone, and is on record', async () => {
    const { code, json, stderr } = await shell.runJson(
      forget('paypal-service', '--day', '2026-03-03', ...because),
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual([json['valuesBefore'], json['valuesLeft']], [2, 1]);
    assert.deepEqual(await linksOf('paypal-service'), ['honest.example']);
    assert.equal((await linksOf('other-vendor')).length, 2);
    const audit = ['audit', 'list', '--state-dir', state];
    const { records } = (await shell.runJson(audit)).json as {
      records: readonly { act: string; subject: string; reason: string; facts: unknown }[];
    };
    const { act, subject, reason, facts } = records[0]!;
    assert.deepEqual(
      { act, subject, reason, facts },
      {
        act: 'baseline-forgotten',
        subject: 'paypal-service',
        reason: 'taught by a campaign',
        facts: { days: '2026-03-03' },
      },
    );
  });

  test('forgets an alias as a whole, and then knows it no more', async () => {
    const { code, stdout } = await shell.run(forget('other-vendor', '--everything', ...because));
    assert.equal(code, 0);
    assert.equal(stdout, 'other-vendor: forgot everything; of 2 values it knew, 0 are left\n');
    const again = await shell.run(forget('other-vendor', '--everything', ...because));
    assert.equal(again.code, 2);
    assert.match(again.stderr, /^error: nothing was ever learned of other-vendor in sqlite:/);
  });

  const refused = [
    ['neither days nor everything', [], /^error: give either --day or --everything/],
    ['both', ['--day', '2026-03-03', '--everything'], /^error: give either --day or --everything/],
    ['a day that is none', ['--day', 'tuesday'], /Write a day as 2026-03-01/],
  ] as const;
  for (const [what, argv, message] of refused)
    test(`refuses ${what}`, async () => {
      const { code, stderr } = await shell.run(forget('paypal-service', ...argv, ...because));
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
});
