import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { counterNames } from '../../src/baseline/history.ts';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import type { FitRow } from '../../src/commands/baseline/fit-report.ts';
import { entraHistory, mboxOf } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const store = ['--store', `sqlite:${shell.path('fit.db')}`];
const end = new Date('2026-11-20T12:00:00Z');

/** Thirteen aliases of 100 messages: new links in every third message of three of them, never on the others. */
before(async () => {
  await using baselines = await openStore(store[1]!, {
    limits: defaultStoreLimits,
    timeoutMs: 5000,
  });
  const masks = { domains: 1, recipients: 1, actors: 1 };
  for (let number = 0; number < 13; number++) {
    const isOpen = number < 3;
    await baselines.commit({
      id: `lesson-${number}`,
      alias: `alias-${number}`,
      // They ended years apart: each is read as of its own last day.
      day: 14_000 + 300 * number,
      counters: {
        [counterNames.messages]: 110,
        [counterNames.trials('content')]: 100,
        ...(isOpen ? { [counterNames.innovations('link')]: 33 } : {}),
        [counterNames.firstAsked('content')]: 10,
        [counterNames.firstShown('phone')]: 4,
      },
      values: [{ table: 'reach', value: '*', ...masks }],
    });
  }
});

async function rowOf(signal: string, ...flags: readonly string[]) {
  const { code, stderr, json } = await shell.runJson(['baseline', 'fit', ...store, ...flags]);
  assert.equal(code, 0, stderr);
  const row = (json['signals'] as readonly FitRow[]).find(
    (candidate) => candidate.signal === signal,
  );
  assert.ok(row);
  return { ...row, in: json['aliases'] };
}

describe('baseline fit', () => {
  test('finds closed and open aliases, and says what it rests on', async () => {
    const { fitted, ...row } = await rowOf('link');
    assert.equal(row.in, 13);
    assert.deepEqual([row.aliases, row.messages, row.events], [13, 1300, 99]);
    const means = fitted?.map(({ a, b }) => a / (a + b)) ?? [];
    assert.equal(means.length, 2);
    assert.ok(means[0]! < 0.01 && Math.abs(means[1]! - 0.33) < 0.1, String(means));
  });

  test('tells how often an alias shows a thing at first', async () => {
    const { fittedCold, coldAliases } = await rowOf('phone');
    assert.ok(Math.abs((fittedCold ?? 0) - 0.4) < 1e-9);
    assert.equal(coldAliases, 13);
  });

  test('leaves out what it is told to', async () => {
    const flags = [0, 1, 2].flatMap((number) => ['--without', `alias-${number}`]);
    const { events, aliases, fitted } = await rowOf('link', ...flags);
    assert.deepEqual([events, aliases, fitted?.length], [0, 10, 1]);
  });

  test('fits nothing to fewer than eight aliases, such as those that had begun by a given time', async () => {
    const { aliases, fitted } = await rowOf('link', '--at', '2013-01-01T00:00:00Z');
    assert.deepEqual([aliases, fitted], [0, null]);
  });

  test('prints what is in force beside it', async () => {
    const { stdout } = await shell.run(['baseline', 'fit', ...store]);
    assert.match(stdout, /^13 aliases in sqlite:/);
    const beta = String.raw`[\d.]+ \/ [\d.]+`;
    const prior = `(?:[\\d.]+: )?${beta}(?: +[\\d.]+: ${beta})*`;
    const row = `^phone +13 +1300 +0 +${prior} +${prior} +[\\d.]+ +0\\.400 +13$`;
    assert.match(stdout, new RegExp(row, 'm'));
    assert.match(stdout, /^network +0 +0 +0 .* - +[\d.]+ +- +0$/m);
  });

  test('mail that was learned counts its first messages', async () => {
    const learned = ['--store', `sqlite:${shell.path('learned.db')}`];
    await writeFile(shell.path('history.mbox'), mboxOf(entraHistory(60, end)));
    const learning = ['learn', shell.path('history.mbox'), '--assume-authenticated', ...learned];
    assert.equal((await shell.run(learning)).code, 0);
    const { json } = await shell.runJson(['baseline', 'fit', ...learned]);
    const rows = json['signals'] as readonly FitRow[];
    const coldOf = (wanted: string) => rows.find(({ signal }) => signal === wanted)?.fittedCold;
    assert.equal(coldOf('phone'), 0);
    assert.equal(coldOf('display-name'), 1);
  });

  test('a store that is not there is an error, and none is made', async () => {
    const { code, stderr } = await shell.run([
      'baseline',
      'fit',
      '--store',
      `sqlite:${shell.path('nowhere.db')}`,
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*nowhere\.db/);
  });
});
