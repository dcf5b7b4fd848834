import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack, type Headers } from 'tar-stream';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { loadPseudonymKey } from '../../src/pseudonym-key.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { useStateDirectory } from '../../src/state-directory.ts';
import { lesson, today } from '../baseline/store-contract.ts';
import { heldMessage, prefix } from '../quarantine/samples.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const store = `sqlite:${shell.path('state/baselines.db')}`;
const archive = shell.path('backup.tar.gz');
const ids = ['0mh2q7k1c4x9p0zv5t3b', '0mh2q7k1c4x9p0zv5t3c'];

before(async () => {
  await mkdir(shell.path('state'));
  await loadPseudonymKey(shell.path('state'));
  await using baselines = await openStore(store, { limits: defaultStoreLimits, timeoutMs: 1000 });
  await baselines.commit(lesson('an-alias', today));
  const quarantine = await openQuarantine(shell.path('state/quarantine'));
  for (const id of ids)
    await quarantine.hold(heldMessage({ id }), prefix, memoryContent(Buffer.from('the same\r\n')));
  const { code, stdout, stderr } = await shell.run(['backup', '--out', archive]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /backup\.tar\.gz: \d+ files, \d+ bytes\. It holds keys and addresses/);
});

const storeOf = (name: string) => `sqlite:${shell.path(name)}/baselines.db`;

/** Restores into a state directory of its own. */
const restoreTo = (name: string, file: string, ...more: readonly string[]) =>
  shell.run([
    ...['restore', file, '--state-dir', shell.path(name)],
    ...['--store', storeOf(name), ...more],
  ]);

describe('backup', () => {
  test('does not write over what is there', async () => {
    const bytes = await readFile(archive);
    const { code, stderr } = await shell.run(['backup', '--out', archive]);
    assert.equal(code, 1);
    assert.match(stderr, /backup\.tar\.gz: something else has this name/);
    assert.deepEqual(await readFile(archive), bytes);
  });

  test('of no state directory is an error, and leaves nothing', async () => {
    const nowhere = ['--state-dir', shell.path('nowhere'), '--out', shell.path('n.tar.gz')];
    const { code, stderr } = await shell.run(['backup', ...nowhere]);
    assert.equal(code, 1);
    assert.match(stderr, /there is no state directory .*nowhere/);
    assert.ok(!(await readdir(shell.directory)).includes('n.tar.gz'));
  });

  test('names what is not in it', async () => {
    const { code, json, stderr } = await shell.runJson([
      ...['backup', '--out', shell.path('bucket.tar.gz')],
      ...['--quarantine-store', 's3://mail/held', '--quarantine-key-file', '/etc/keys'],
    ]);
    assert.equal(code, 0);
    assert.deepEqual(json['notIncluded'], [
      'held mail in s3://mail/held',
      'the keys of held mail in /etc/keys',
    ]);
    assert.match(stderr, /warning: not in the backup: held mail in s3:\/\/mail\/held/);
  });
});

test('both are on record, with the file and who did it', async () => {
  const { code, stderr } = await restoreTo('recorded', archive);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await actsOf('state', 'backed-up'), [archive, shell.path('bucket.tar.gz')]);
  assert.deepEqual(await actsOf('recorded', 'restored'), [archive]);
});

test(
  'root leaves no file of its own in the state of another user, and is told so',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async () => {
    await mkdir(shell.path('theirs'));
    await writeFile(shell.path('theirs/pseudonym.key'), 'a key');
    await chown(shell.path('theirs'), 65_534, 65_534);
    const { code, stderr } = await shell.run([
      ...['backup', '--state-dir', shell.path('theirs'), '--store', storeOf('theirs')],
      ...['--out', shell.path('theirs.tar.gz')],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: not put on record: .*theirs belongs to user 65534; run this as/);
    assert.deepEqual(await readdir(shell.path('theirs')), ['pseudonym.key']);
  },
);

/** Files of the acts on record, each by the operator of this shell. */
async function actsOf(name: string, act: string): Promise<readonly unknown[]> {
  const place = ['--state-dir', shell.path(name)];
  const verified = await shell.run(['audit', 'verify', ...place, '--store', storeOf(name)]);
  assert.equal(verified.code, 0, verified.stderr);
  const { json } = await shell.runJson(['audit', 'list', '--act', act, ...place]);
  const records = json['records'] as readonly {
    readonly actor: unknown;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
  for (const { actor } of records)
    assert.deepEqual(actor, { kind: 'operator', name: userInfo().username, via: 'command' });
  return records.map(({ facts }) => facts['file']).toSorted();
}

describe('restore', () => {
  test('replaces what a newer program wrote, when told to', async () => {
    await mkdir(shell.path('newer'));
    await writeFile(shell.path('newer/state.format'), '99\n');
    await writeFile(shell.path('newer/pseudonym.key'), 'other');
    const refused = await restoreTo('newer', archive);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /newer is not empty: --force/);
    const { code, stderr, stdout } = await restoreTo('newer', archive, '--force');
    assert.equal(code, 0, stderr);
    const before = /what was there before is in (\S+)\./.exec(stdout)?.[1] ?? '';
    assert.equal(await readFile(`${before}/state/pseudonym.key`, 'utf8'), 'other');
    (await useStateDirectory(shell.path('newer')))[Symbol.dispose]();
  });

  test('puts back the same files, and bytes that messages share once', async () => {
    const { code, stderr } = await restoreTo('again', archive);
    assert.equal(code, 0, stderr);
    for (const name of ['pseudonym.key', `quarantine/${ids[0]!}.json`, `quarantine/${ids[1]!}.eml`])
      assert.deepEqual(
        await readFile(shell.path(`again/${name}`)),
        await readFile(shell.path(`state/${name}`)),
      );
    const again = await openQuarantine(shell.path('again/quarantine'));
    assert.equal(
      (await buffer((await again.read(ids[1]!)).stream())).subarray(-10).toString(),
      'the same\r\n',
    );
    const bodies = await readdir(shell.path('again/quarantine/bodies'));
    assert.equal(bodies.length, 1);
  });

  test('of what was restored half-way is not served from', async () => {
    await mkdir(shell.path('half'));
    await writeFile(shell.path('half/restore.unfinished'), '');
    await assert.rejects(useStateDirectory(shell.path('half')), /is half restored: run/);
    const { code, stderr } = await restoreTo('half', archive, '--force');
    assert.equal(code, 0, stderr);
    (await useStateDirectory(shell.path('half')))[Symbol.dispose]();
  });
});

type File = Partial<Headers> & { readonly name: string; readonly text?: string };

/** An archive of what a backup has, and of what somebody else put into it. */
async function forged(name: string, files: readonly File[], sums?: string): Promise<string> {
  const tar = pack();
  const lines: string[] = [];
  for (const { text = '', ...header } of files) {
    tar.entry(header, header.type === undefined || header.type === 'file' ? text : undefined);
    lines.push(`${createHash('sha256').update(text).digest('hex')}  ${header.name}\n`);
  }
  tar.entry({ name: 'SHA256SUMS' }, sums ?? lines.join(''));
  tar.finalize();
  await writeFile(shell.path(name), gzipSync(await buffer(tar)));
  return shell.path(name);
}

const aboutOf = (changes: object = {}) => ({
  name: 'about.json',
  text: JSON.stringify({
    ...{ format: 1, program: '0.1.0', at: '2026-11-29T08:00:00.000Z', store: 'sqlite' },
    ...{ stateFormat: 1, redisFormat: null, ...changes },
  }),
});

describe('an archive that is not as backup wrote it changes nothing', () => {
  const file = (name: string, more: Partial<File> = {}) => [
    aboutOf(),
    { name, text: 'x', ...more },
  ];
  const cases: readonly (readonly [name: string, files: readonly File[], says: RegExp])[] = [
    ['a way out', file('../evil'), /"\.\.\/evil" does not belong/],
    ['a way out below', file('state/quarantine/../../evil'), /does not belong/],
    ['an absolute name', file('/etc/passwd'), /"\/etc\/passwd" does not belong/],
    ['an unknown name', file('state/authorized_keys'), /does not belong/],
    [
      'a symlink',
      file('state/pseudonym.key', { type: 'symlink', linkname: '/etc/passwd' }),
      /is not a file/,
    ],
    [
      'a link out',
      file(`state/quarantine/${ids[0]!}.eml`, { type: 'link', linkname: '/etc/passwd' }),
      /is not a file/,
    ],
    [
      'a link to a key',
      [
        ...file('state/pseudonym.key'),
        { name: `state/quarantine/${ids[0]!}.eml`, type: 'link', linkname: 'state/pseudonym.key' },
      ],
      /is not a file/,
    ],
    [
      'one name twice',
      [...file('state/pseudonym.key'), { name: 'state/pseudonym.key', text: 'y' }],
      /does not belong/,
    ],
    ['no backup', [{ name: 'README', text: 'hello' }], /it is not a backup of Aliaswatch/],
    ['a newer backup', [aboutOf({ format: 2 })], /newer Aliaswatch \(format 2, this one reads 1\)/],
    ['newer files', [aboutOf({ stateFormat: 2 })], /its files were written by a newer/],
    [
      'a newer Redis',
      [aboutOf({ redisFormat: { version: 9, readableFrom: 9 } })],
      /newer Aliaswatch \(format 9/,
    ],
    [
      'no database',
      file('store/baselines.db'),
      /store\/baselines\.db: it is no database of this kind/,
    ],
    ['a Redis for SQLite', file('store/redis.ndjson'), /has the baselines of a Redis/],
  ];
  for (const [index, [name, files, says]] of cases.entries())
    test(name, async () => {
      const state = `forged-${index}`;
      const { code, stderr } = await restoreTo(state, await forged(`${state}.tar.gz`, files));
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.deepEqual(await readdir(shell.path(state)), ['state.lock']);
    });

  const damages: readonly (readonly [name: string, (bytes: Buffer) => Buffer, says: RegExp])[] = [
    ['cut', (bytes) => gzipSync(gunzipSync(bytes).subarray(0, 4096)), /cannot be restored/],
    ['cut in its compression', (bytes) => bytes.subarray(0, -40), /cannot be restored/],
    ['no archive', () => Buffer.from('Dear diary'), /cannot be restored/],
    [
      'another byte',
      (bytes) => {
        const plain = gunzipSync(bytes);
        plain[plain.indexOf('the same')] = 0x54;
        return gzipSync(plain);
      },
      /"state\/quarantine\/0mh2q7k1c4x9p0zv5t3b\.eml" is damaged/,
    ],
  ];
  for (const [index, [name, damage, says]] of damages.entries())
    test(name, async () => {
      const path = shell.path(`damaged-${index}.tar.gz`);
      await writeFile(path, damage(await readFile(archive)));
      const { code, stderr } = await restoreTo(`damaged-${index}`, path);
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.deepEqual(await readdir(shell.path(`damaged-${index}`)), ['state.lock']);
    });
});
