import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docs/protocol.md'), 'utf8');

/** `[label](../file): `name`, `name`` */
const reference = /\]\(\.\.\/(test\/[^)]+)\): ((?:`[^`]+`(?:, )?)+)/g;

/** What each test is named in its file: the name of a test, of a suite, or of a case in a table. */
function isNamed(source: string, name: string): boolean {
  const literal = name.replaceAll(/[^\w ]/g, '\\$&');
  return new RegExp(`(?:\\b(?:test|describe|suite)\\(\\s*|\\bname: )['"\`]${literal}`).test(source);
}

test('every row of the checklist stands in docs/protocol.md once', () => {
  const rows = [...text.matchAll(/^\| ([REDS]\d+) \|/gm)].map(([, row]) => row);
  const count = { R: 10, E: 12, D: 13, S: 11 };
  const expected = Object.entries(count).flatMap(([letter, last]) =>
    Array.from({ length: last }, (_, index) => `${letter}${index + 1}`),
  );
  assert.deepEqual(rows, expected);
});

test('every test that docs/protocol.md names exists', () => {
  const missing: string[] = [];
  let found = 0;
  for (const [, file = '', names = ''] of text.matchAll(reference)) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) {
      if (isNamed(source, name)) found++;
      else missing.push(`${file}: ${name}`);
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(found > 100, `${found} names`);
});

test('every row of a table names a test, or says why not', () => {
  const rows = text.split('\n').filter((line) => /^\| (?!Row|Command or)/.test(line));
  assert.deepEqual(
    rows.filter((line) => !/\]\(\.\.\/test\//.test(line) && !line.endsWith('| not yet |')),
    [],
  );
});
