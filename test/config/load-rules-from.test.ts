import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadRules, loadRulesFrom } from '../../src/config/load-rules.ts';
import type { RuleFileCache } from '../../src/config/rule-file-cache.ts';
import { smallCopyOfRules } from './rule-directory.ts';

test('the files of a set load elsewhere as the same set', async () => {
  await using directory = await smallCopyOfRules();
  const first = await loadRules(directory.path);
  assert.ok(first.ok);
  // Nothing is read from the directory any more, not even what lists.yaml names.
  await rm(directory.path, { recursive: true });
  const again = await loadRulesFrom(first.rules.files);
  assert.ok(again.ok);
  assert.deepEqual(again.rules, first.rules);
});

test('a cache changes nothing but the time', async () => {
  await using directory = await smallCopyOfRules();
  const cache: RuleFileCache = new Map();
  const before = await loadRules(directory.path, cache);
  await directory.write('policy.yaml', 'mode: enforce\n');
  const cached = await loadRules(directory.path, cache);
  assert.deepEqual(cached, await loadRules(directory.path));
  assert.ok(before.ok && cached.ok);
  assert.notEqual(cached.rules.version, before.rules.version);
  assert.equal(cached.rules.policy.mode, 'enforce');
  await directory.write('policy.yaml', 'mode: sometimes\n');
  const broken = await loadRules(directory.path, cache);
  assert.deepEqual(broken, await loadRules(directory.path));
  assert.ok(!broken.ok);
  assert.equal(broken.problems[0]?.file, join(directory.path, 'policy.yaml'));
});

test('a problem of the set as a whole is placed in a file from the cache as well', async () => {
  await using directory = await smallCopyOfRules();
  const cache: RuleFileCache = new Map();
  assert.ok((await loadRules(directory.path, cache)).ok);
  const vendor = 'vendor: Zoom\naliases: [{id: zoom, addresses: [no-reply@zoom.us]}]\n';
  await directory.write('aliases/copy-of-zoom.yaml', vendor);
  const broken = await loadRules(directory.path, cache);
  assert.ok(!broken.ok);
  assert.deepEqual(broken, await loadRules(directory.path));
});
