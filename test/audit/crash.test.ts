import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openAuditReader } from '../../src/audit/read-audit.ts';
import { verifyAudit } from '../../src/audit/verify-audit.ts';
import { appendAll, numbered, open, problems, record, temporaryDirectory } from './samples.ts';
import { scriptedAuditDisk } from './scripted-audit-disk.ts';

const run = promisify(execFile);

const steps = ['create', 'sync directory', 'write', 'sync', 'write', 'sync', 'write', 'sync'];

test('the disk is asked in an order that makes what is acknowledged last', async (t) => {
  const asked: string[] = [];
  const disk = scriptedAuditDisk((step) => asked.push(step));
  await appendAll(await temporaryDirectory(t), numbered(3), { disk });
  assert.deepEqual(asked, steps);
});

for (const [call, step] of [...steps, 'the end'].entries()) {
  test(`killed before call ${call}, ${step}: what was acknowledged is there and the chain goes on`, async (t) => {
    const directory = await temporaryDirectory(t);
    const child = run(process.execPath, [
      join(import.meta.dirname, 'append-and-die.ts'),
      directory,
      String(call),
    ]);
    const died = await child.catch((error: unknown) => error as { signal: string; stdout: string });
    assert.equal('signal' in died && died.signal, 'SIGKILL');
    const acknowledged = died.stdout.split('\n').length - 1;
    const head = await appendAll(directory, numbered(1));
    assert.match(head.writer, /-1$/); // the lock of the dead process is no lock
    assert.ok(head.sequence > acknowledged);
    assert.deepEqual(await problems(directory, [head]), []);
    const kept = await openAuditReader(directory).list({}, 10);
    assert.deepEqual(
      kept
        .toReversed()
        .slice(0, acknowledged)
        .map(({ facts }) => facts['n']),
      Array.from({ length: acknowledged }, (_, n) => n),
    );
  });
}

async function onlyFile(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
  return join(directory, names.sort()[0]!);
}

test('killed at any byte of a line, twice: detected, recorded, and the chain goes on', async (t) => {
  const original = await temporaryDirectory(t);
  await appendAll(original, numbered(2));
  const bytes = await readFile(await onlyFile(original));
  const first = bytes.indexOf(10) + 1;
  for (let length = 0; length <= bytes.length; length += length < bytes.length - 2 ? 23 : 1) {
    const directory = await temporaryDirectory(t);
    await cp(original, directory, { recursive: true });
    await truncate(await onlyFile(directory), length);
    const whole = length < first ? 0 : length < bytes.length ? 1 : 2;
    const isTorn = length !== 0 && length !== first && length !== bytes.length;

    // The process after it dies as well, while it writes its first line.
    await appendAll(directory, [record({ facts: { second: true } })]);
    const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
    assert.equal(names.length, isTorn ? 2 : 1);
    if (isTorn) await truncate(join(directory, names[1]!), 1 + (length % 200));

    const head = await appendAll(directory, numbered(1));
    assert.equal(head.sequence, whole + (isTorn ? 1 : 2));
    const { chains } = await verifyAudit({ directory, published: [head] });
    assert.deepEqual(
      chains.map(({ problems: found, torn, proven }) => [found, torn.length, proven?.sequence]),
      [[[], isTorn ? 2 : 0, head.sequence]],
    );
  }
});

test('what a crash left behind cannot be changed later either', async (t) => {
  const directory = await temporaryDirectory(t);
  await appendAll(directory, numbered(2));
  const file = await onlyFile(directory);
  const bytes = await readFile(file);
  await truncate(file, bytes.length - 10);
  const head = await appendAll(directory, numbered(1));
  assert.deepEqual(await problems(directory, [head]), []);
  const torn = await readFile(file);
  torn[torn.length - 1]! ^= 1;
  await writeFile(file, torn);
  assert.deepEqual(await problems(directory, [head]), ['000002:1 changed']);
});

for (const code of ['ENOSPC', 'EIO']) {
  for (const [call, step] of steps.entries()) {
    test(`${code} at call ${call}, ${step}: that record is refused and in no line, the others stand`, async (t) => {
      const directory = await temporaryDirectory(t);
      let calls = 0;
      const disk = scriptedAuditDisk(() => {
        if (calls++ === call) throw Object.assign(new Error(code), { code });
      });
      await using audit = open(directory, { disk });
      const outcomes: PromiseSettledResult<void>[] = [];
      for (const each of numbered(3))
        outcomes.push(...(await Promise.allSettled([audit.append(each)])));
      assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 1);
      const kept = await openAuditReader(directory).list({}, 10);
      assert.deepEqual(
        kept.map(({ facts }) => facts['n']).toReversed(),
        [0, 1, 2].filter((n) => outcomes[n]?.status === 'fulfilled'),
      );
      assert.deepEqual(await problems(directory, [audit.head()!]), []);
    });
  }
}

test('where not even the end can be cut off, the next record begins as after a crash', async (t) => {
  const directory = await temporaryDirectory(t);
  let isBroken = false;
  const disk = scriptedAuditDisk((step) => {
    if (isBroken && (step === 'sync' || step === 'truncate')) throw new Error('EIO');
  });
  await using audit = open(directory, { disk });
  await audit.append(record());
  isBroken = true;
  await assert.rejects(audit.append(record()), /EIO/);
  isBroken = false;
  await audit.append(record());
  assert.deepEqual(await problems(directory, [audit.head()!]), []);
});

test('a disk that is full from the start costs nothing but records', async (t) => {
  const directory = await temporaryDirectory(t);
  let isFull = true;
  const disk = scriptedAuditDisk(() => {
    if (isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  });
  await using audit = open(directory, { disk });
  await assert.rejects(audit.append(record()), { code: 'ENOSPC' });
  assert.equal(audit.head(), null);
  isFull = false;
  await audit.append(record());
  assert.equal(audit.head()?.sequence, 1);
});
