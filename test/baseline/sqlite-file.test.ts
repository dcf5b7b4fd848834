import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { maturationDays } from '../../src/baseline/ledger.ts';
import { appliedCommits } from '../../src/baseline/retention.ts';
import { openSqliteFile, type SqliteContent } from '../../src/sqlite/sqlite-file.ts';
import { openSqliteStore } from '../../src/baseline/sqlite-store.ts';
import {
  defaultStoreLimits,
  type BaselineStore,
  type Commit,
  type ObserveRequest,
} from '../../src/baseline/store.ts';
import { lesson, request, timeOn, today, touch } from './store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'aliaswatch-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const open = (name: string, options = {}) =>
  openSqliteStore(join(folder, name), defaultStoreLimits, options);

function write(name: string, sql: string): string {
  const database = new DatabaseSync(join(folder, name));
  database.exec(sql);
  database.close();
  return name;
}

mkdirSync(join(folder, 'directory'));
writeFileSync(join(folder, 'text'), 'This is no database.\n'.repeat(100));
const refused = [
  { name: 'absent/store.db', message: /the directory .*absent does not exist; create it/ },
  { name: 'directory', message: /cannot be opened; check that it is a file/ },
  { name: 'text', message: /is not a baseline store, or is damaged/ },
  { name: write('other.db', 'CREATE TABLE mine (a)'), message: /is a database of another program/ },
  {
    name: write(
      'newer.db',
      'PRAGMA application_id = 0x414c5741; CREATE TABLE a (b); PRAGMA user_version = 99',
    ),
    message: /newer Aliaswatch \(format 99, this one reads 4\)/,
  },
];
for (const { name, message } of refused) {
  for (const readOnly of [false, true]) {
    if (readOnly && name.includes('/')) continue;
    test(`${name} is refused ${readOnly ? 'for reading' : 'for writing'}`, async () => {
      const before = readdirSync(folder);
      await assert.rejects(open(name, { readOnly }), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`Baseline store ${join(folder, name)}`));
        return true;
      });
      assert.deepEqual(readdirSync(folder), before);
    });
  }
}

test('an empty file is no store to read', async () => {
  writeFileSync(join(folder, 'empty.db'), '');
  await assert.rejects(open('empty.db', { readOnly: true }), /holds no baselines/);
});

test('a store opened for reading is not written to, and leaves no file behind', async () => {
  {
    await using store = await open('kept.db');
    await store.commit(lesson('a', today, { values: [touch('domain', 'a.example')] }));
  }
  const before = readdirSync(folder);
  {
    await using reader = await open('kept.db', { readOnly: true });
    const { snapshot } = await reader.observe(
      request('a', timeOn(today + maturationDays), { count: false }),
    );
    assert.equal(snapshot.days, 1);
    await assert.rejects(reader.commit(lesson('a', today)), /cannot be written/);
    await assert.rejects(reader.observe(request('a', timeOn(today))), /cannot be written/);
  }
  assert.deepEqual(readdirSync(folder), before);
});

test('what was learned outlives the process', async () => {
  const path = 'outlives.db';
  {
    await using store = await open(path);
    await store.commit(lesson('a', today));
  }
  await using store = await open(path);
  assert.deepEqual((await store.describe('a', timeOn(today + maturationDays))).snapshot.counters, {
    n: 1,
  });
});

test('a snapshot that one process has built is not built again by another', async () => {
  const path = 'snapshot.db';
  const seen = request('a', timeOn(today + maturationDays));
  await using first = await open(path);
  await first.commit(lesson('a', today));
  const { snapshot } = await first.observe(seen);
  // Whoever built it again would find nothing.
  const other = new DatabaseSync(join(folder, path));
  other.exec('DELETE FROM bucket');
  other.close();
  await using second = await open(path);
  assert.deepEqual((await second.observe(seen)).snapshot, snapshot);
  await second.commit(lesson('a', today, { id: 'late' }));
  assert.deepEqual((await second.observe(seen)).snapshot.counters, { n: 1 });
});

test('several processes that open a new file at once and learn add up', async () => {
  const script = `
    import { openSqliteStore } from ${JSON.stringify(import.meta.resolve('../../src/baseline/sqlite-store.ts'))};
    import { defaultStoreLimits } from ${JSON.stringify(import.meta.resolve('../../src/baseline/store.ts'))};
    await using store = await openSqliteStore(process.argv[1], defaultStoreLimits, { timeoutMs: 10_000 });
    for (let i = 0; i < 100; i++) {
      await store.commit({ id: process.pid + ' ' + i, alias: 'a', day: ${today}, counters: { n: 1 }, values: [{ table: 'domain', value: 'a', domains: 1, recipients: 1, actors: 1 }] });
    }`;
  const path = join(folder, 'processes.db');
  const learn = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
  };
  await Promise.all([learn(), learn(), learn()]);
  await using store = await open('processes.db');
  const { snapshot, values } = await store.describe('a', timeOn(today + maturationDays));
  assert.deepEqual(snapshot.counters, { n: 300 });
  assert.equal(values[0]?.record.count, 300);
});

test('a writer that holds the file for too long is named', async () => {
  await using store = await open('locked.db', { timeoutMs: 50 });
  const other = new DatabaseSync(join(folder, 'locked.db'));
  other.exec('BEGIN IMMEDIATE');
  await assert.rejects(store.observe(request('a', timeOn(today))), /is locked by another process/);
  await store.observe(request('a', timeOn(today), { count: false }));
  other.exec('ROLLBACK');
  other.close();
  await store.observe(request('a', timeOn(today)));
});

test('what only guards against repetition expires by the clock of the machine', async () => {
  await using store = await open('expires.db');
  await store.observe(request('a', timeOn(today), { signature: 'sig', recipients: ['r'] }));
  await store.commit(lesson('a', today));
  const inspector = new DatabaseSync(join(folder, 'expires.db'));
  const rows = () =>
    ['hour', 'signature', 'applied'].map(
      (table) => inspector.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.['n'],
    );
  assert.deepEqual(rows(), [1, 1, 1]);
  inspector.exec(
    'UPDATE hour SET expires = 1; UPDATE signature SET seen = 1; UPDATE applied SET seen = 1',
  );
  await using another = await open('expires.db');
  await another.commit(lesson('b', today));
  assert.deepEqual(rows(), [0, 0, 1]);
  inspector.close();
});

test('of many aliases one expires with each write, until all have', async () => {
  const names = ['a', 'b', 'c', 'd'];
  await using store = await open('round.db');
  for (const name of names) await store.observe(request(name, timeOn(today)));
  const inspector = new DatabaseSync(join(folder, 'round.db'));
  inspector.exec('UPDATE hour SET expires = 1');
  await using another = await open('round.db');
  const left = [];
  for (const id of [...names, 'none']) {
    await another.commit(lesson('z', today, { id }));
    left.push(inspector.prepare('SELECT COUNT(*) AS n FROM hour').get()?.['n']);
  }
  assert.deepEqual(left, [3, 2, 1, 0, 0]);
  inspector.close();
});

test('ids of commits are bounded also where two aliases learn by turns', async () => {
  const names = ['a', 'b'];
  await using store = await open('turns.db');
  for (let i = 0; i < appliedCommits.most + 64; i++)
    for (const name of names) await store.commit(lesson(name, today, { id: `${i}` }));
  using inspector = new DatabaseSync(join(folder, 'turns.db'));
  for (const name of names) {
    const count = inspector.prepare(
      'SELECT COUNT(*) AS n FROM applied JOIN name ON name.id = alias WHERE name = ?',
    );
    const ids = count.get(name)?.['n'] as number;
    assert.ok(ids < appliedCommits.most + 64, `${ids} ids`);
  }
});

test('a file of the first format is brought up to date by the first that may write', async () => {
  // Written by the program of commit 65a3f60, with 12 lessons for each of two aliases.
  const former = new URL('./sqlite-format-1.sql', import.meta.url);
  write('first.db', readFileSync(former, 'utf8'));
  await assert.rejects(open('first.db', { readOnly: true }), /is of format 1, .*up to date/);
  await using store = await open('first.db');
  const { snapshot, traffic } = await store.observe(
    request('paypal-service', timeOn(today + 6), { actor: 'a tenant' }),
  );
  assert.deepEqual(snapshot.counters, { n: 12, v: 24, 'x.link-domain': 4 });
  assert.equal(traffic.actorHourMessages, 1);
});

test('a file of the third format says what it said', async () => {
  // Written by the program of commit 43450f4 with these lessons; what expires does so in 2243.
  write('third.db', readFileSync(new URL('./sqlite-format-3.sql', import.meta.url), 'utf8'));
  await using upgraded = await open('third.db');
  await using fresh = await openSqliteStore(':memory:', defaultStoreLimits);
  for (const alias of thirdAliases) {
    for (let i = 0; i < 12; i++) {
      await fresh.observe(thirdSight(alias, i));
      await fresh.commit(thirdLesson(alias, i));
    }
  }
  const said = async (store: BaselineStore) => ({
    aliases: await store.aliases(),
    values: (await store.describe('docusign-dse', thirdSight('', 11).at)).values,
    sights: await Promise.all(
      Array.from({ length: 4 }, async (_, i) => {
        const { snapshot, ...rest } = await store.observe({
          ...thirdSight('paypal-service', 8 + i),
          ...{ values: [{ table: 'domain', value: `${i % 2}.example` }], count: false },
        });
        return { ...rest, counters: snapshot.counters, daily: snapshot.daily };
      }),
    ),
  });
  assert.deepEqual(await said(upgraded), await said(fresh));
  const before = await said(upgraded);
  await upgraded.commit(thirdLesson('docusign-dse', 3));
  assert.deepEqual(await said(upgraded), before, 'a lesson that came again');
  using inspector = new DatabaseSync(join(folder, 'third.db'));
  const free = inspector.prepare('PRAGMA freelist_count').get()?.['freelist_count'];
  assert.equal(free, 0, 'pages that the upgrade has left');
});

test('what a process that knows an older format would write is refused', async () => {
  await using store = await open('strict.db');
  await store.commit(lesson('a', today));
  using older = new DatabaseSync(join(folder, 'strict.db'));
  for (const sql of [
    "INSERT INTO hour VALUES ('a', 496800, 1, 20702)",
    `INSERT OR REPLACE INTO bucket VALUES ('a', 20700, '{"n":1}')`,
    "INSERT OR IGNORE INTO applied VALUES ('a', 'k-19F9', 20703)",
  ])
    assert.throws(() => {
      older.exec(sql);
    }, /cannot store TEXT value in INTEGER column/);
});

const thirdAliases = ['docusign-dse', 'paypal-service'];

function thirdSight(alias: string, i: number): ObserveRequest {
  const at = new Date((today + Math.floor(i / 3)) * 86_400_000 + i * 3_600_000);
  const signature = `signature ${i % 4}`;
  return request(alias, at, {
    signature,
    recipients: [`recipient ${i}`],
    actor: `tenant ${i % 5}`,
  });
}

function thirdLesson(alias: string, i: number): Commit {
  return lesson(alias, today + Math.floor(i / 3), {
    id: `lesson ${i}`,
    counters: { n: 1, v: 2, ...(i % 3 === 0 && { 'x.link-domain': 1 }) },
    values: [
      {
        ...{ table: 'domain', value: `${i % 2}.example` },
        ...{ domains: 1 << i, recipients: 0x80000000, actors: 0xffffffff },
      },
      { table: 'line', value: `line ${i}`, domains: 1, recipients: 2, actors: 4 },
    ],
  });
}

describe('an upgrade of a file', () => {
  const first: SqliteContent = {
    ...{ title: 'Test file', holds: 'tests', applicationId: 1 },
    ...{ schema: 'CREATE TABLE a (b);', schemaVersion: 1 },
  };
  const step = 'CREATE TABLE c (d); INSERT INTO c SELECT b FROM a;';
  const second = { ...first, schemaVersion: 2, upgrades: [step] };
  const formatOf = (database: DatabaseSync) =>
    database.prepare('PRAGMA user_version').get()?.['user_version'];

  test('happens once, and keeps what is there', () => {
    const path = join(folder, 'once.db');
    const older = openSqliteFile(path, first, {});
    older.exec('INSERT INTO a VALUES (7)');
    older.close();
    for (let time = 0; time < 2; time++) {
      const database = openSqliteFile(path, second, {});
      assert.deepEqual(
        database
          .prepare('SELECT d FROM c')
          .all()
          .map(({ d }) => d),
        [7],
      );
      assert.equal(formatOf(database), 2);
      database.close();
    }
    assert.throws(() => openSqliteFile(path, first, {}), /newer Aliaswatch \(format 2/);
  });

  test('that fails leaves the file as it was', () => {
    const path = join(folder, 'half.db');
    openSqliteFile(path, first, {}).close();
    const broken = { ...second, upgrades: [`${step} INSERT INTO nowhere VALUES (1);`] };
    assert.throws(() => openSqliteFile(path, broken, {}), /no such table: nowhere/);
    const database = openSqliteFile(path, first, {});
    assert.equal(formatOf(database), 1);
    assert.throws(() => database.prepare('SELECT * FROM c'), /no such table: c/);
    database.close();
  });
});
