import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commitmentTo } from '../../src/audit/commitment.ts';
import { mentionsAddress } from '../../src/audit/mentions-address.ts';
import { openPersonalValues } from '../../src/audit/personal-values.ts';
import { openAuditReader } from '../../src/audit/read-audit.ts';
import { address, appendAll, open, problems, record, temporaryDirectory } from './samples.ts';

describe('an address in a text', () => {
  const cases: readonly [text: string, isMentioned: boolean][] = [
    ['ann@example.com', true],
    ['Asked by <Ann@Example.COM>.', true],
    ['to: bob@example.com, ann@example.com; eve@example.com', true],
    ['joann@example.com', false],
    ['mary.ann@example.com', false],
    ['ann@example.com.au', false],
    ['ann@example.community', false],
    ['annxexample.com', false],
    ['', false],
  ];
  for (const [text, isMentioned] of cases) {
    test(`${JSON.stringify(text)}: ${isMentioned ? 'named' : 'not named'}`, () => {
      assert.equal(mentionsAddress(text, address), isMentioned);
    });
  }
  test('characters that mean something elsewhere stand for themselves', () => {
    for (const odd of ['a+b@example.com', '$x(y)[z]*?@example.com', 'a/b\\c|d@example.com'])
      assert.ok(mentionsAddress(`x, ${odd}`, odd));
    assert.ok(!mentionsAddress('aab@example.com', 'a+b@example.com'));
    assert.ok(!mentionsAddress('anything', ''));
  });
});

async function bytesOf(directory: string): Promise<string> {
  const files = (await readdir(directory)).map((name) => readFile(join(directory, name), 'latin1'));
  return (await Promise.all(files)).join('\n');
}

test('erased: the value is in no file any more, and the chain verifies', async (t) => {
  const directory = await temporaryDirectory(t);
  const head = await appendAll(directory, [
    record({ personal: { recipient1: address, recipient2: 'bob@example.com' } }),
    record({ reason: `asked by ${address}`, personal: {} }),
    record({ personal: { recipient1: 'joann@example.com' } }),
  ]);
  assert.ok((await bytesOf(directory)).includes(address));
  {
    using values = openPersonalValues(directory, 2000);
    assert.equal(values.linesNaming('ANN@example.com').length, 2);
    assert.equal(await values.erase('ANN@example.com'), 2);
    assert.equal(await values.erase(address), 0);
  }
  assert.ok(!(await bytesOf(directory)).replaceAll('joann@', '').includes(address));
  assert.deepEqual(await problems(directory, [head]), []);
  const acts = await openAuditReader(directory).list({}, 10);
  assert.deepEqual(acts.map(({ personal, reason }) => [personal, reason]).toReversed(), [
    [{ recipient1: null, recipient2: 'bob@example.com' }, 'anomalous: quarantine'],
    [{ reason: null }, ''],
    [{ recipient1: 'joann@example.com' }, 'anomalous: quarantine'],
  ]);
});

test('erased while a server writes: the server goes on', async (t) => {
  const directory = await temporaryDirectory(t);
  await using audit = open(directory);
  await audit.append(record());
  {
    using values = openPersonalValues(directory, 2000);
    assert.equal(await values.erase(address), 1);
  }
  await audit.append(record());
  assert.ok(
    !(await openAuditReader(directory).find(`${audit.head()!.writer}:1`))!.personal['recipient1'],
  );
  assert.deepEqual(await problems(directory, [audit.head()!]), []);
});

test('what a rejected record left behind is not taken for the next one', async (t) => {
  const directory = await temporaryDirectory(t);
  const { scriptedAuditDisk } = await import('./scripted-audit-disk.ts');
  let isFull = true;
  const disk = scriptedAuditDisk(() => {
    if (isFull) throw new Error('ENOSPC');
  });
  await using audit = open(directory, { disk });
  await assert.rejects(audit.append(record()));
  isFull = false;
  await audit.append(record({ personal: {} }));
  using values = openPersonalValues(directory, 2000);
  assert.deepEqual(values.linesNaming(address), []);
});

test('the salt proves what a value was, and without it guesses prove nothing', () => {
  const salt = '00112233445566778899aabbccddeeff';
  const commitment = commitmentTo({ salt, value: address });
  assert.equal(commitmentTo({ salt, value: address }), commitment);
  assert.notEqual(commitmentTo({ salt: salt.replace('0', '1'), value: address }), commitment);
  assert.notEqual(commitmentTo({ salt, value: 'bob@example.com' }), commitment);
});
