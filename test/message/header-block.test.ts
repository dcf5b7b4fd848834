import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodedField, fieldBodies, parseHeaderBlock } from '../../src/message/header-block.ts';
import { readHeader } from '../../src/message/header.ts';

const bytes = (...lines: string[]) => Buffer.from(lines.join('\r\n'));

test('fields keep their order; folded bodies are unfolded', () => {
  const fields = parseHeaderBlock(
    bytes('From: a@b.example', 'Subject: one', '\ttwo', 'X-A:x', '', 'Body: no'),
  );
  assert.deepEqual(fields, [
    { name: 'from', body: 'a@b.example' },
    { name: 'subject', body: 'one\ttwo' },
    { name: 'x-a', body: 'x' },
  ]);
});

const cases = [
  { name: 'white space before the colon', head: 'From : a@b.example\r\n\r\n', expected: ['from'] },
  {
    name: 'a line that is no field',
    head: 'Nonsense here\r\nTo: x@y.example\r\n\r\n',
    expected: ['to'],
  },
  {
    name: 'a message that starts with its body',
    head: '\r\nFrom: a@b.example\r\n\r\n',
    expected: [],
  },
  { name: 'no empty line at all', head: 'From: a@b.example', expected: ['from'] },
  { name: 'nothing', head: '', expected: [] },
];
for (const { name, head, expected } of cases) {
  test(name, () =>
    assert.deepEqual(
      parseHeaderBlock(Buffer.from(head)).map((field) => field.name),
      expected,
    ),
  );
}

test('every From field and every address counts, since software shows any of them', () => {
  const header = readHeader(
    bytes(
      'From: "CEO" <ceo@victim.example>',
      'From: x@attacker.example, y@attacker.example',
      '',
      '',
    ),
  );
  assert.equal(header.fromFieldCount, 2);
  assert.deepEqual(
    header.from.map(({ address }) => address),
    ['ceo@victim.example', 'x@attacker.example', 'y@attacker.example'],
  );
});

test('encoded words are decoded, broken ones shown as they stand', () => {
  const fields = parseHeaderBlock(
    bytes('Subject: =?utf-8?B?UmVjaG51bmc=?= 7', 'X: =?no-such?Q?=', '', ''),
  );
  assert.equal(decodedField(fields, 'subject'), 'Rechnung 7');
  assert.match(fieldBodies(fields, 'x')[0] ?? '', /no-such/);
});

test('no bytes make it throw, and it stays bounded', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2000 }),
      (data) => readHeader(Buffer.from(data)).fields.length <= 2000,
    ),
  );
  const many = Buffer.from('A: b\r\n'.repeat(10_000));
  assert.equal(parseHeaderBlock(many).length, 2000);
});
