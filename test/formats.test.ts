import assert from 'node:assert/strict';
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openRuleSets } from '../src/activation/open-rule-sets.ts';
import { openHeads } from '../src/audit/open-heads.ts';
import { openPersonalValues } from '../src/audit/personal-values.ts';
import { passingStoreFiles, stateDatabases, storeFiles } from '../src/backup/parts.ts';
import { openSqliteFile } from '../src/sqlite/sqlite-file.ts';
import { openStore } from '../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../src/baseline/store.ts';
import { openAccessFile } from '../src/console/access/access-file.ts';
import { openLiveStore } from '../src/live/open-live-store.ts';
import { openNoticesFile } from '../src/notices/notices-file.ts';
import { openSqliteLedgers } from '../src/organization/sqlite-ledgers.ts';
import { openQuarantine } from '../src/quarantine/directory-quarantine.ts';
import { openSqliteIndex } from '../src/quarantine/sqlite-index.ts';
import { openReviewStore } from '../src/review/open-review-store.ts';
import { memoryContent } from '../src/smtp/content.ts';
import { lockStateDirectory, stateFormat, useStateDirectory } from '../src/state-directory.ts';
import { openVectorsFile } from '../src/vectors/vectors-file.ts';
import { openShell } from './commands/shell.ts';
import { heldMessage, prefix } from './quarantine/samples.ts';

const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-formats-'));
after(() => rm(folder, { recursive: true, force: true }));
const timeoutMs = 1000;
const sqliteContents = [storeFiles, passingStoreFiles, stateDatabases].flatMap((files) =>
  Object.values(files),
);
const store = (name: string) => `sqlite:${join(folder, name)}`;

/** How the program opens each kind of file, under a name that its opener chooses. */
const openers: Readonly<Record<string, readonly [name: string, open: () => unknown]>> = {
  'Baseline store': [
    'a.db',
    () => openStore(store('a.db'), { limits: defaultStoreLimits, timeoutMs }),
  ],
  'Organization ledgers': [
    'b.db',
    () => openSqliteLedgers(join(folder, 'b.db'), { values: 100, windowDays: 90 }),
  ],
  'Stored rules': ['c.db-rules', () => openRuleSets(store('c.db'), { timeoutMs })],
  'Audit heads': ['d.db-audit', () => openHeads(store('d.db'), { timeoutMs })],
  'Review store': ['e.db-review', () => openReviewStore(store('e.db'), { timeoutMs })],
  'Live state': ['f.db-live', () => openLiveStore(store('f.db'), { timeoutMs })],
  'Quarantine index': ['g.db', () => openSqliteIndex(join(folder, 'g.db'), { timeoutMs })],
  'Personal values of the audit log': ['personal.db', () => openPersonalValues(folder, timeoutMs)],
  'File of kept mail': ['h.db', () => openVectorsFile(join(folder, 'h.db'))],
  Notices: ['i.db', () => openNoticesFile(join(folder, 'i.db'))],
  'Access file': ['access.db', () => openAccessFile(folder).open()],
};

describe('a file of a newer format is refused, and not touched', () => {
  test('every kind of file is tried', async () => {
    assert.deepEqual(sqliteContents.map(({ title }) => title).sort(), Object.keys(openers).sort());
    const files = [];
    for await (const path of glob('src/**/*.ts'))
      if (/^export const content: SqliteContent/m.test(await readFile(path, 'utf8')))
        files.push(path);
    assert.equal(files.length, sqliteContents.length);
    assert.equal(
      new Set(sqliteContents.map(({ applicationId }) => applicationId)).size,
      files.length,
    );
  });
  for (const content of sqliteContents)
    test(content.title, async () => {
      const [name, open] = openers[content.title] ?? ['', () => undefined];
      const next = content.schemaVersion + 1;
      openSqliteFile(
        join(folder, name),
        { ...content, schemaVersion: next, upgrades: [...(content.upgrades ?? []), ''] },
        {},
      ).close();
      const before = await readFile(join(folder, name));
      await assert.rejects(
        async () => await open(),
        new RegExp(
          `^Error: ${content.title} ${join(folder, name)} was written by a newer Aliaswatch \\(format ${next}, this one reads ${content.schemaVersion}\\); upgrade`,
        ),
      );
      assert.deepEqual(await readFile(join(folder, name)), before);
    });
});

test('held mail described by a newer program is told of, and stays', async () => {
  const directory = join(folder, 'held');
  const held = heldMessage();
  const quarantine = await openQuarantine(directory);
  await quarantine.hold(held, prefix, memoryContent(Buffer.from('a\r\n')));
  const path = join(directory, `${held.id}.json`);
  const text = await readFile(path, 'utf8');
  assert.match(text, /^\{\n {2}"format": 1,/);
  await writeFile(path, text.replace('"format": 1', '"format": 2'));
  await assert.rejects(
    quarantine.find(held.id),
    /\.json: it was written by a newer Aliaswatch \(format 2, this one reads 1\); upgrade/,
  );
  assert.ok((await readFile(path, 'utf8')).includes('"format": 2'));
});

describe('a state directory', () => {
  test('is marked by who serves from it, and shared by several', async () => {
    const stateDir = join(folder, 'state');
    using first = await useStateDirectory(stateDir);
    using second = await useStateDirectory(stateDir);
    assert.ok(first !== second);
    assert.equal(await readFile(join(stateDir, 'state.format'), 'utf8'), `${stateFormat}\n`);
    assert.equal(lockStateDirectory(stateDir), null);
  });

  test('that is being restored is not served from', async () => {
    const stateDir = join(folder, 'restored');
    await mkdir(stateDir);
    {
      using lock = lockStateDirectory(stateDir);
      assert.ok(lock !== null);
      await assert.rejects(useStateDirectory(stateDir), /is being restored: start again/);
    }
    (await useStateDirectory(stateDir))[Symbol.dispose]();
  });

  test('of a newer program is refused by serve and by every command', async () => {
    const shell = await openShell();
    const stateDir = join(folder, 'newer');
    await mkdir(stateDir);
    await writeFile(join(stateDir, 'state.format'), `${stateFormat + 1}\n`);
    const says =
      /state directory \S+newer was written by a newer Aliaswatch \(format 2, this one reads 1\)/;
    await assert.rejects(useStateDirectory(stateDir), says);
    const serve = ['serve', '--next-hop', '127.0.0.1:9', '--listen', '127.0.0.1:0'];
    for (const command of [
      [...serve, '--http', '127.0.0.1:0'],
      ['quarantine', 'list'],
    ]) {
      const { code, stderr } = await shell.run([...command, '--state-dir', stateDir]);
      assert.equal(code, 1);
      assert.match(stderr, says);
    }
  });
});
