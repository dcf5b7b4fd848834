import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openRuleSets } from '../../src/activation/open-rule-sets.ts';
import { keptActivations } from '../../src/activation/rule-set-store.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';

const servers = new AsyncDisposableStack();
after(() => servers.disposeAsync());
const program = fileURLToPath(new URL('./activate-and-die.ts', import.meta.url));
const kills = 6;

const stores = [
  {
    name: 'SQLite',
    skip: false as string | false,
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-kill-'));
      servers.defer(() => rm(folder, { recursive: true, force: true }));
      return `sqlite:${join(folder, 'baselines.db')}`;
    },
  },
  {
    name: 'Redis',
    skip: requireInstalled('redis-server', 'redis-server'),
    open: async () => servers.use(await startRedis()).url,
  },
];

for (const { name, skip, open } of stores)
  test(
    `whoever is killed while it changes the rules in ${name} has changed all or nothing`,
    { skip },
    async () => {
      const store = await open();
      await using sets = await openRuleSets(store, { timeoutMs: 5000 });
      let before = 0;
      for (let kill = 0; kill < kills; kill++) {
        const child = spawn(process.execPath, [program, store], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        await once(child.stdout, 'data');
        // At another place each time: writing takes a few milliseconds.
        await delay(20 + 7 * kill + Math.random() * 20);
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
        const { sequence, active, candidate } = await sets.inForce();
        const history = await sets.history(keptActivations);
        assert.equal(history.length, sequence, 'a line for each change');
        assert.ok(sequence >= before);
        before = sequence;
        if (active === null) continue;
        const newest = history[0]!;
        assert.equal(newest.version, candidate?.version ?? active);
        for (const version of [active, newest.version]) {
          const files = await sets.filesOf(version);
          assert.ok(files?.get('policy.yaml')?.equals(Buffer.alloc(200_000, version)), version);
        }
      }
      assert.ok(before > 0, 'something was changed');
    },
  );
