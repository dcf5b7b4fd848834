import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAuthservId } from '../../src/authentication/authserv-id.ts';

const cases: readonly { body: string; id: string | null }[] = [
  { body: 'mx.example; spf=pass smtp.mailfrom=a@b.example', id: 'mx.example' },
  { body: ' MX.Example ; none', id: 'MX.Example' },
  { body: 'mx.example', id: 'mx.example' },
  { body: 'mx.example 1; spf=pass', id: 'mx.example' },
  { body: 'mx.example/1; spf=pass', id: 'mx.example' },
  { body: '\r\n\tmx.example;\r\n spf=pass', id: 'mx.example' },
  { body: '(our own) mx.example (really); spf=pass', id: 'mx.example' },
  { body: '(nested (twice) \\) still) mx.example; none', id: 'mx.example' },
  { body: '(a)(b)\r\n (c)mx.example(d)1; none', id: 'mx.example' },
  { body: '"mx.example"; spf=pass', id: 'mx.example' },
  { body: '"mx\\.exa\\mple"; spf=pass', id: 'mx.example' },
  { body: '"mx.exam\r\nple"; spf=pass', id: 'mx.example' },
  { body: '"a \\"b\\" c" 1; spf=pass', id: 'a "b" c' },
  { body: 'mx.example dkim=pass', id: 'mx.example' },
  { body: 'mx-1_a.example;none', id: 'mx-1_a.example' },
  { body: 'bücher.example; none', id: 'bücher.example' },
  { body: '', id: null },
  { body: '   \r\n ', id: null },
  { body: ';', id: null },
  { body: '; spf=pass', id: null },
  { body: '""; spf=pass', id: null },
  { body: '(never closed mx.example; spf=pass', id: null },
  { body: '"never closed; spf=pass', id: null },
  { body: '=pass', id: null },
  { body: '\0mx.example; none', id: null },
];

for (const { body, id } of cases) {
  test(`authserv-id of ${JSON.stringify(body)}`, () => assert.equal(parseAuthservId(body), id));
}

test('authserv-id of anything is a value without line breaks, or nothing', () => {
  const pieces = fc.constantFrom('(', ')', '"', '\\', ';', ' ', '\r\n ', 'mx', '.', '=', '\0', 'é');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (body) => {
        const id = parseAuthservId(body);
        assert.ok(id === null || id.length > 0);
      },
    ),
  );
});

test('authserv-id of hostile length is found in bounded time', () => {
  for (const body of [
    '('.repeat(200_000),
    '"'.repeat(200_001),
    `"${'\\"'.repeat(100_000)}`,
    `${' '.repeat(200_000)}x`,
  ]) {
    const started = performance.now();
    parseAuthservId(body);
    assert.ok(performance.now() - started < 500);
  }
});
