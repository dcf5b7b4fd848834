import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unifiedDiff, unifiedFileDiff } from '../src/unified-diff.ts';

describe('a unified diff', () => {
  test('of equal texts is empty', () => {
    assert.equal(unifiedDiff('x\n', 'x\n'), '');
    assert.equal(unifiedFileDiff('a', 'x\n', 'x\n'), '');
  });

  test('counts its lines', () => {
    const before = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
    const after = before.replace('line 3', 'third').replace('line 20\n', '');
    const diff = unifiedFileDiff('a', before, after);
    assert.match(diff, /^--- a\n\+\+\+ a\n@@ /);
    assert.match(diff, /^@@ -1,7 \+1,7 @@$/m);
    assert.match(diff, /^@@ -18,7 \+18,6 @@$/m);
    assert.match(diff, /^-line 20$/m);
  });

  test('of texts that differ in thousands of lines only says so', () => {
    const lines = (of: string) => `${of}\n`.repeat(2500);
    assert.equal(unifiedDiff(lines('a'), lines('b')), 'the files differ in most of their lines\n');
  });
});
