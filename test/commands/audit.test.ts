import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { openHeads } from '../../src/audit/open-heads.ts';
import { address, appendAll, record } from '../audit/samples.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const directory = shell.path('state/audit');
const store = `sqlite:${shell.path('state/baselines.db')}`;

async function chainFile(): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
  return join(directory, names[0]!);
}

before(async () => {
  const head = await appendAll(directory, [
    record({ personal: { recipient1: address } }),
    record({
      act: 'released',
      actor: { kind: 'operator', name: 'olga', via: 'command' },
      reason: 'known seller \u001b[2J',
      personal: {},
    }),
    record({ act: 'rules-activated', subject: '4f1c00aa11bb', personal: {} }),
  ]);
  await using heads = await openHeads(store, { timeoutMs: 2000 });
  await heads.publish(head);
});

test('list: newest first, filtered by act, actor, subject and time', async () => {
  const listed = async (...filters: string[]) => {
    const { json } = await shell.runJson(['audit', 'list', ...filters]);
    return (json['records'] as { act: string }[]).map(({ act }) => act);
  };
  assert.deepEqual(await listed(), ['rules-activated', 'released', 'decision']);
  assert.deepEqual(await listed('--act', 'released'), ['released']);
  assert.deepEqual(await listed('--actor', 'Olga'), ['released']);
  assert.deepEqual(await listed('--subject', '4f1c00aa11bb'), ['rules-activated']);
  assert.deepEqual(await listed('--limit', '1'), ['rules-activated']);
  const later = new Date(Date.now() + 60_000).toISOString();
  assert.deepEqual(await listed('--since', later), []);
  const { stdout } = await shell.run(['audit', 'list']);
  assert.match(stdout, /:2 +\S+ +released +olga +0mh2q7k1c4x9p0zv5t3b +known seller/);
  assert.ok(!stdout.includes('\u001b'));
});

test('show: all facts of one record, and a sentence for one that is none', async () => {
  const { json } = await shell.runJson(['audit', 'list', '--act', 'decision']);
  const [{ id }] = json['records'] as [{ id: string }];
  const { stdout } = await shell.run(['audit', 'show', id]);
  assert.match(stdout, /^ +recipient1 +ann@example\.com$/m);
  const missing = await shell.run(['audit', 'show', 'nobody:1']);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^error: there is no record nobody:1: `aliaswatch audit list`/);
});

describe('verify', () => {
  test('whole, and proven up to the published head', async () => {
    const { code, stdout } = await shell.run(['audit', 'verify']);
    assert.equal(code, 0);
    assert.match(stdout, /: 3 records, proven to record 3, published at /);
    assert.match(stdout, /^the audit log is whole$/m);
  });

  test('a changed line is named, exit code 1', async () => {
    const file = await chainFile();
    const bytes = await readFile(file);
    await writeFile(file, bytes.toString().replace('known seller', 'known sellar'));
    const { code, stdout } = await shell.run(['audit', 'verify']);
    assert.equal(code, 1);
    assert.match(stdout, /000001\.jsonl line 2: changed/);
    assert.match(stdout, /^the audit log is NOT whole$/m);
    await writeFile(file, bytes);
  });

  test('an end that was cut off is found by the store, or by a log that was kept', async () => {
    const file = await chainFile();
    const bytes = await readFile(file);
    const lines = bytes.toString().split('\n');
    await writeFile(file, `${lines.slice(0, 2).join('\n')}\n`);
    const byStore = await shell.runJson(['audit', 'verify']);
    assert.equal(byStore.code, 1);
    assert.match(byStore.stdout, /"truncated"/);

    const { hash, writer, sequence } = JSON.parse(lines[2]!) as Record<string, string>;
    const head = { msg: 'audit head', at: '2026-03-05T06:07:08.000Z', hash, writer, sequence };
    await writeFile(shell.path('serve.log'), `no JSON\n{}\n${JSON.stringify(head)}\n`);
    const elsewhere = ['--store', `sqlite:${shell.path('state/none.db')}`];
    const log = ['--log', shell.path('serve.log')];
    const byLog = await shell.runJson(['audit', 'verify', ...elsewhere, ...log]);
    assert.match(byLog.stdout, /"truncated"/);
    await writeFile(file, bytes);
    assert.equal((await shell.run(['audit', 'verify', ...elsewhere, ...log])).code, 0);
  });

  test('records that nobody ever published are not proven once they are old', async () => {
    const state = shell.path('unpublished');
    const old = () => new Date(Date.now() - 3_600_000);
    await appendAll(join(state, 'audit'), [record()], { now: old });
    const { code, stdout } = await shell.run(['audit', 'verify', '--state-dir', state]);
    assert.equal(code, 1);
    assert.match(stdout, /no published head to prove it by\n +not proven: what was recorded since/);
  });

  test('a store that does not answer proves nothing', async () => {
    const { code, stderr } = await shell.run(['audit', 'verify', '--store', 'redis://127.0.0.1:1']);
    assert.match(stderr, /^error: Audit heads redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
    assert.equal(code, 0); // the records are younger than the minutes that publishing may take
  });

  test('a log that is gone, and one that never was', async () => {
    await rm(directory, { recursive: true });
    const gone = await shell.run(['audit', 'verify']);
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /no file is left; record 3 was published/);
    const { code, stderr } = await shell.run(['audit', 'verify', '--state-dir', shell.path('no')]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: there is no audit log at .*no\/audit: name the state directory/);
  });
});
