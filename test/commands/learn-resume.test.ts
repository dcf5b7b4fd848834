import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { before, describe, test } from 'node:test';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { entraHistory, entraMail, mboxOf, type Archived } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const end = new Date('2026-11-20T12:00:00Z');
const alias = 'microsoft-online-services';
const total = 400;

/** Three of every four messages come within one hour of the one before: traffic must not be counted twice. */
const history: readonly Archived[] = entraHistory(total / 4, end).flatMap(
  ({ arrivedAt, mail }, index) =>
    [0, 1, 2, 3].map((minute) => ({
      arrivedAt: new Date(arrivedAt.getTime() + minute * 60_000),
      mail: mail.replace(/^Message-ID: </m, `Message-ID: <${index}.${minute}.`),
    })),
);
const stranger: Archived = {
  arrivedAt: new Date('2026-11-01T10:00:00Z'),
  mail: 'From: Ann <ann@example.org>\r\nTo: ben@example.com\r\nSubject: lunch\r\n\r\nNoon?\r\n',
};
const attack: Archived = {
  arrivedAt: new Date('2026-11-19T10:00:00Z'),
  mail: entraMail({
    tenant:
      'Invoice overdue, call Support Desk +1 802 538 3069 to cancel your PayPal payment of USD 498.95',
    recipient: 'ana@example.com',
    sentAt: new Date('2026-11-19T10:00:00Z'),
    code: '555555',
  }),
};

before(() => writeFile(shell.path('history.mbox'), mboxOf([...history, stranger])));

const journals = shell.path('state/learn');

async function learn(name: string, ...flags: readonly string[]) {
  const { code, stderr, json } = await shell.runJson([
    'learn',
    shell.path('history.mbox'),
    '--assume-authenticated',
    '--store',
    `sqlite:${shell.path(name)}`,
    ...flags,
  ]);
  assert.equal(code, 0, stderr);
  return json as {
    readonly learned: number;
    readonly skipped: Readonly<Record<string, number>>;
  };
}

/** Everything the store holds of the alias, and its traffic at the end of the archive. */
async function baselineIn(name: string) {
  await using store = await openStore(`sqlite:${shell.path(name)}`, {
    limits: { ...defaultStoreLimits, windowDays: 180 },
    timeoutMs: 5000,
    readOnly: true,
  });
  const at = new Date('2026-11-25T00:00:00Z');
  const observation = await store.observe({
    alias,
    at: history.at(-1)!.arrivedAt,
    values: [],
    signature: null,
    recipients: [],
    actor: '',
    count: false,
  });
  const described = await store.describe(alias, at);
  // The version names the store's own generation.
  const withoutVersion = <Facts extends { readonly snapshot: object }>(facts: Facts) => ({
    ...facts,
    snapshot: { ...facts.snapshot, version: '' },
  });
  return { ...withoutVersion(observation), ...withoutVersion(described) };
}

async function linesWritten(): Promise<number> {
  const [name] = await readdir(journals).catch(() => []);
  return name === undefined
    ? 0
    : (await readFile(`${journals}/${name}`, 'utf8')).split('\n').length;
}

/** Kills the command, with no chance to tidy up, once its journal has so many lines. */
async function killAfter(lines: number, name: string): Promise<void> {
  const child = shell.start([
    'learn',
    'history.mbox',
    '--assume-authenticated',
    '--state-dir',
    shell.path('state'),
    '--store',
    `sqlite:${shell.path(name)}`,
  ]);
  const ended = once(child, 'close');
  while ((await linesWritten()) < lines && child.exitCode === null) await sleep(5);
  child.kill('SIGKILL');
  assert.deepEqual(await ended, [null, 'SIGKILL']);
}

describe('a learn run that is killed', () => {
  test('goes on where it stopped, to the very baseline of a run that was not', async () => {
    await learn('whole.db');
    await rm(journals, { recursive: true });
    await killAfter(200, 'killed.db');
    await killAfter((await linesWritten()) + 150, 'killed.db');
    const { learned, skipped } = await learn('killed.db');
    assert.equal(learned + (skipped['doneBefore'] ?? 0), total);
    assert.ok(learned > 0 && learned < total - 100, `${learned} in the last run`);
    assert.deepEqual(await baselineIn('killed.db'), await baselineIn('whole.db'));
  });
});

describe('an archive that was learned', () => {
  test('is passed over; what was added is learned', async () => {
    await learn('grown.db');
    const again = await learn('grown.db');
    assert.deepEqual([again.learned, again.skipped['doneBefore']], [0, total]);
    await writeFile(shell.path('history.mbox'), mboxOf([...history, stranger, attack]));
    const grown = await learn('grown.db');
    assert.deepEqual(
      [grown.learned, grown.skipped['flagged'], grown.skipped['doneBefore']],
      [0, 1, total],
    );
  });

  test('what was flagged is learned once it is asked for', async () => {
    const { learned, skipped } = await learn('grown.db', '--include-flagged');
    assert.deepEqual([learned, skipped['doneBefore']], [1, total]);
    assert.equal((await learn('grown.db', '--include-flagged')).learned, 0);
  });

  test('--restart begins anew, and so does a store that is new', async () => {
    assert.equal((await learn('grown.db', '--restart')).skipped['doneBefore'], 0);
    for (const suffix of ['', '-wal', '-shm'])
      await rm(shell.path(`grown.db${suffix}`), { force: true });
    assert.equal((await learn('grown.db')).skipped['doneBefore'], 0);
  });
});
