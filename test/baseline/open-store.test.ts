import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'aliaswatch-open-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const options = { limits: defaultStoreLimits, timeoutMs: 100 };

for (const spec of [
  '',
  'sqlite:',
  'baselines.db',
  'postgres://user:s3cret@db',
  'redis',
  ':memory:',
  'rediss-ring://a:1',
]) {
  test(`"${spec}" is refused in one sentence`, async () => {
    await assert.rejects(openStore(spec, options), (error: Error) => {
      assert.match(error.message, /^The baseline store must be sqlite:PATH, redis:/);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}

test('a Redis address that cannot be read is refused', async () => {
  await assert.rejects(
    openStore('redis://host:port', options),
    /^Error: The address of the baseline store cannot be read/,
  );
});

test('sqlite:PATH opens a file, sqlite::memory: none', async () => {
  await using file = await openStore(`sqlite:${join(folder, 'a b.db')}`, options);
  await using memory = await openStore('sqlite::memory:', options);
  await file.ping();
  await memory.ping();
  assert.ok(readdirSync(folder).includes('a b.db'));
});

test('read only, a missing file is an error and nothing is created', async () => {
  const path = join(folder, 'missing.db');
  await assert.rejects(
    openStore(`sqlite:${path}`, { ...options, readOnly: true }),
    new RegExp(`^Error: Baseline store ${path} does not exist`),
  );
  assert.ok(!readdirSync(folder).some((name) => name.startsWith('missing')));
});
