import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

test('the folder map of CONTRIBUTING.md names each folder of src once, and no other', async () => {
  const text = await readFile('CONTRIBUTING.md', 'utf8');
  const named = [...text.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name]) => name);
  const entries = await readdir('src', { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual([...named].sort(), folders.sort());
});
