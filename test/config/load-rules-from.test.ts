import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadRules, loadRulesFrom } from '../../src/config/load-rules.ts';
import { policySchema } from '../../src/config/policy-schema.ts';
import { createRuleFileReader } from '../../src/config/read-rule-file.ts';
import { directorySource } from '../../src/config/rule-source.ts';
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

test('what was read before changes nothing but the time', async () => {
  await using directory = await smallCopyOfRules();
  const source = directorySource(directory.path);
  const readAgain = createRuleFileReader();
  const equal = async () => {
    const reading = await readAgain('policy.yaml', policySchema, source);
    const first = await createRuleFileReader()('policy.yaml', policySchema, source);
    assert.deepEqual(reading.problems, first.problems);
    assert.deepEqual(reading.bytes, first.bytes);
    assert.deepEqual(reading.read?.value, first.read?.value);
    assert.deepEqual(reading.read?.file.value, first.read?.file.value);
    return reading;
  };
  const before = await equal();
  assert.equal((await equal()).read?.value, before.read?.value, 'not read again');
  await directory.write('policy.yaml', 'mode: enforce\n');
  assert.equal((await equal()).read?.value.mode, 'enforce');
  await directory.write('policy.yaml', 'mode: sometimes\n');
  for (const { read, problems } of [await equal(), await equal()]) {
    assert.equal(read, null);
    assert.equal(problems[0]?.file, join(directory.path, 'policy.yaml'));
  }
});

test('a problem of the set as a whole is placed in a file that was read before as well', async () => {
  await using directory = await smallCopyOfRules();
  assert.ok((await loadRules(directory.path)).ok);
  const vendor = 'vendor: Zoom\naliases: [{id: zoom, addresses: [no-reply@zoom.us]}]\n';
  await directory.write('aliases/copy-of-zoom.yaml', vendor);
  const broken = await loadRules(directory.path);
  assert.ok(!broken.ok);
  const [problem] = broken.problems;
  assert.match(problem?.file ?? '', /zoom\.yaml$/);
  assert.ok((problem?.line ?? 0) > 0);
});
