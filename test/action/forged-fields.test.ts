import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { removeForgedFields } from '../../src/action/forged-fields.ts';

const ours = 'mx.example.test';

const forgeries = [
  { name: 'plain', field: 'Authentication-Results: mx.example.test; spf=pass\r\n' },
  { name: 'other case', field: 'AUTHENTICATION-results: MX.Example.Test; spf=pass\r\n' },
  { name: 'version', field: 'Authentication-Results: mx.example.test 1; spf=pass\r\n' },
  {
    name: 'comment and fold first',
    field: 'Authentication-Results: (a (b) \\()\r\n\tmx.example.test; spf=pass\r\n',
  },
  { name: 'quoted', field: 'Authentication-Results: "mx.example\\.test"; spf=pass\r\n' },
  { name: 'no space', field: 'Authentication-Results:mx.example.test;spf=pass\r\n' },
  {
    name: 'space before the colon',
    field: 'Authentication-Results \t: mx.example.test; spf=pass\r\n',
  },
  {
    name: 'fold before the colon',
    field: 'Authentication-Results\r\n : mx.example.test; spf=pass\r\n',
  },
  {
    name: 'unreadable but names us',
    field: 'Authentication-Results: (open mx.example.test; spf=pass\r\n',
  },
  { name: 'verdict', field: 'X-Aliaswatch-Verdict: clean\r\n' },
  {
    name: 'verdict with continuation lines',
    field: 'x-aliaswatch-verdict : clean;\r\n score=0;\r\n\tid=1\r\n',
  },
  { name: 'a verdict field of the future', field: 'X-ALIASWATCH-Anything:\r\n' },
];

const honest = [
  'Authentication-Results: mx.other.test; spf=pass\r\n',
  'Authentication-Results: mx.example.test.evil.test; spf=pass\r\n',
  'Authentication-Results: mx.other.test; dkim=pass header.d=mx.example.test\r\n',
  'Authentication-Results: (open; spf=pass\r\n',
  'ARC-Authentication-Results: i=1; mx.example.test; spf=pass\r\n',
  'X-Aliaswatch: a\r\n',
  'Subject: X-Aliaswatch-Verdict: clean\r\n X-Aliaswatch-Verdict: clean\r\n',
  'X-Caf\xe9: \x00\xff\r\n',
  'a line that is no field\r\n',
  'a line that is no field\r\n X-Aliaswatch-Verdict: clean\r\n',
  'From sender Thu Mar  5 06:07:08 2026\r\n',
  '\r\n',
  ': no name\r\n',
];

for (const { name, field } of forgeries) {
  test(`removed: ${name}`, () => {
    const block = Buffer.from(`A: 1\r\n${field}B: 2\r\n`, 'latin1');
    assert.equal(removeForgedFields(block, ours).toString('latin1'), 'A: 1\r\nB: 2\r\n');
  });
}

for (const field of honest) {
  test(`kept: ${JSON.stringify(field)}`, () => {
    const block = Buffer.from(`A: 1\r\n${field}B: 2\r\n`, 'latin1');
    assert.equal(removeForgedFields(block, ours), block);
  });
}

test('our own authserv-id is compared in any case', () => {
  const block = Buffer.from('Authentication-Results: mx.example.test; spf=pass\r\n');
  assert.equal(removeForgedFields(block, 'MX.Example.TEST').length, 0);
});

test('lines that would continue our last field are removed', () => {
  const block = Buffer.from(' dkim=pass header.d=vendor.test\r\n\tmore\r\nA: 1\r\n');
  assert.equal(removeForgedFields(block, ours).toString(), 'A: 1\r\n');
});

test('a forged field at the very end, without a line ending', () => {
  assert.equal(
    removeForgedFields(Buffer.from('A: 1\r\nX-Aliaswatch-Verdict: clean'), ours).toString(),
    'A: 1\r\n',
  );
});

test('exactly the forged fields go, every other byte stays', () => {
  const field = fc.oneof(
    fc.constantFrom(...forgeries.map((forgery) => ({ isForged: true, text: forgery.field }))),
    fc.constantFrom(...honest.map((text) => ({ isForged: false, text }))),
    fc
      .stringMatching(/^[\x00-\x09\x0b-\xff]{0,60}$/)
      .map((body) => ({ isForged: false, text: `X-Any: ${body}\r\n` })),
  );
  fc.assert(
    fc.property(fc.array(field, { maxLength: 30 }), (fields) => {
      const block = Buffer.from(fields.map(({ text }) => text).join(''), 'latin1');
      const expected = fields.filter(({ isForged }) => !isForged).map(({ text }) => text);
      const actual = removeForgedFields(block, ours);
      assert.equal(actual.toString('latin1'), expected.join(''));
      assert.equal(actual === block, expected.length === fields.length);
    }),
  );
});
