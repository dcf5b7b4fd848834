import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openAuditReader } from '../../src/audit/read-audit.ts';
import { verifyAudit } from '../../src/audit/verify-audit.ts';
import {
  address,
  appendAll,
  numbered,
  open,
  problems,
  record,
  temporaryDirectory,
} from './samples.ts';
import { scriptedAuditDisk } from './scripted-audit-disk.ts';

test('what was appended is read back, newest first, and verifies up to its head', async (t) => {
  const directory = await temporaryDirectory(t);
  const head = await appendAll(directory, [record(), record({ act: 'held', personal: {} })]);
  const [held, decision] = await openAuditReader(directory).list({}, 10);
  assert.equal(held?.act, 'held');
  assert.deepEqual(
    [decision?.act, decision?.facts, decision?.personal],
    ['decision', record().facts, record().personal],
  );
  const { chains, gone } = await verifyAudit({ directory, published: [head] });
  assert.deepEqual(
    chains.map(({ lines, problems: found, proven }) => [lines, found, proven?.sequence]),
    [[2, [], 2]],
  );
  assert.deepEqual(gone, []);
});

test('the chain goes on after a restart, whatever the host is called then', async (t) => {
  const directory = await temporaryDirectory(t);
  await appendAll(directory, numbered(3));
  const head = await appendAll(directory, numbered(2), { host: 'other.example' });
  assert.equal(head.sequence, 5);
  assert.deepEqual(await problems(directory, [head]), []);
});

test('two processes write two chains at the same time', async (t) => {
  const directory = await temporaryDirectory(t);
  await using first = open(directory);
  await using second = open(directory);
  await Promise.all([first, second].map((audit) => audit.append(record())));
  assert.notEqual(first.head()!.writer, second.head()!.writer);
  assert.deepEqual(await problems(directory, [first.head()!, second.head()!]), []);
});

test('a message names nobody in the lines, only in the file that can be erased', async (t) => {
  const directory = await temporaryDirectory(t);
  await appendAll(directory, [
    record(),
    record({ reason: `asked by ${address}` }),
    record({ subject: address, facts: { to: address } }),
    record({ actor: { kind: 'recipient', name: address, via: 'link' } }),
  ]);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
  for (const name of names)
    assert.ok(!(await readFile(join(directory, name), 'utf8')).includes(address));
  const reader = openAuditReader(directory);
  assert.equal((await reader.list({ actor: address }, 10)).length, 1);
  assert.equal((await reader.list({ subject: address }, 10)).length, 1);
});

test('values that are called like parts of the record leave these in place', async (t) => {
  const directory = await temporaryDirectory(t);
  const named = { subject: 'Your invoice', recipients: address, constructor: 'x' };
  const facts = { recipients: 1 };
  await appendAll(directory, [record({ act: 'released', facts, personal: named })]);
  const { subject } = record();
  for (const filter of [{ subject }, { about: new Set([subject]) }]) {
    const [released, ...others] = await openAuditReader(directory).list(filter, 10);
    assert.deepEqual(
      [released?.subject, released?.facts, released?.personal, others],
      [subject, facts, named, []],
    );
  }
});

test('whatever is hostile in a record is bounded and stays one line', async (t) => {
  const directory = await temporaryDirectory(t);
  const long = `${'x'.repeat(3_000_000)}\n{"forged":1}\ud800`;
  const facts = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, long]));
  const head = await appendAll(directory, [
    record({ subject: long, reason: long, facts, personal: { a: long, b: '\ud800\n' } }),
    record(),
  ]);
  assert.equal(head.sequence, 2);
  assert.deepEqual(await problems(directory, [head]), []);
});

test('appends that wait together share an fsync, and none is answered before its own', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 30 }),
      async (pauses) => {
        const directory = await temporaryDirectory(t);
        const synced: number[] = [];
        let written = 0;
        const disk = scriptedAuditDisk((step) => {
          if (step === 'write') written++;
          if (step === 'sync') synced.push(written);
        });
        await using audit = open(directory, { disk });
        const answers: Promise<void>[] = [];
        for (const pause of pauses) {
          answers.push(audit.append(record()).then(() => assert.ok(synced.length > 0)));
          for (let turn = 0; turn < pause; turn++) await new Promise(setImmediate);
        }
        await Promise.all(answers);
        assert.equal(audit.head()?.sequence, pauses.length);
        assert.ok(synced.length <= pauses.length);
        if (pauses.every((pause) => pause === 0)) assert.equal(synced.length, 1);
      },
    ),
    { numRuns: 25 },
  );
});

test('files are rotated by size and by day, and the chain is one', async (t) => {
  const directory = await temporaryDirectory(t);
  let time = Date.parse('2026-03-05T23:59:58.000Z');
  const now = () => new Date(time);
  let head = await appendAll(directory, numbered(4), { now, maxFileBytes: 1200 });
  const files = async () =>
    (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).length;
  const bySize = await files();
  assert.ok(bySize > 1 && bySize < 4);
  time += 10_000;
  head = await appendAll(directory, numbered(1), { now });
  assert.equal(await files(), bySize + 1);
  head = await appendAll(directory, numbered(1), { now });
  assert.equal(await files(), bySize + 1);
  assert.equal(head.sequence, 6);
  assert.deepEqual(await problems(directory, [head]), []);
});

test('when too many wait for a disk that hangs, the next is refused at once', async (t) => {
  const directory = await temporaryDirectory(t);
  const { promise: hangs, resolve: goOn } = Promise.withResolvers<undefined>();
  const real = scriptedAuditDisk(() => undefined);
  await using audit = open(directory, {
    disk: {
      ...real,
      append: async (path, how) => {
        await hangs;
        return real.append(path, how);
      },
    },
  });
  const answers = numbered(10_600).map((each) => audit.append(each));
  const refused = await Promise.any(
    answers.map((answer) =>
      answer.then(
        () => Promise.reject(new Error()),
        (error: unknown) => error,
      ),
    ),
  );
  assert.match(String(refused), /wait for the disk/);
  goOn(undefined);
  const outcomes = await Promise.allSettled(answers);
  const kept = outcomes.filter(({ status }) => status === 'fulfilled').length;
  assert.equal(audit.head()?.sequence, kept);
  assert.ok(kept >= 10_000 && kept < 10_600);
});
