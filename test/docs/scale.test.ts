import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { planOf, type Measured, type Site } from '../bench/scale/scale-model.ts';
import { withTables } from '../bench/scale/scale-text.ts';

const folder = new URL('../bench/scale/', import.meta.url);
const page = readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8');

test('the tables of docs/scale.md are what the model makes of the measured figures', () => {
  const measured = JSON.parse(
    readFileSync(new URL('measured.json', folder), 'utf8'),
  ) as Measured;
  assert.ok(withTables(page, measured) === page, 'write them with `node test/bench/scale.ts`');
});

test('a site needs what its messages cost at the peak', () => {
  const cost = { serverCpuMs: 0, commands: 0, commandBytes: 0, replyBytes: 0 };
  const measured: Measured = {
    on: '',
    front: { bytes: 5000, unwatchedCpuMs: 1, watchedCpuMs: 3, peakBytes: 0 },
    redis: {
      watched: { serverCpuMs: 0.5, commands: 4, commandBytes: 900, replyBytes: 100 },
      unwatched: { ...cost, commands: 1 },
      bytesPerAlias: 1000,
      organizationBytes: 5,
    },
    ratios: { sqliteCpu: 1, redisCpu: 1, redisServerCpu: 1 },
  };
  const site: Site = {
    messagesPerDay: 86_400_000,
    aliases: 10,
    watchedShare: 0.5,
    busiestShare: 0.1,
    peakFactor: 2,
    busyShare: 0.5,
    coresPerNode: 4,
    messageBytes: 1000,
  };
  assert.deepEqual(planOf(site, measured), {
    peakPerSecond: 2000,
    cores: 8,
    nodes: 3,
    redisCommandsPerSecond: 5000,
    redisCores: 0.5,
    shards: 1,
    busiestAliasCores: 0.05,
    redisBytes: 10_005,
    redisBytesAtCaps: 10 * 256 * 1024 + 5,
    mailBitsPerSecond: 32_000_000,
    redisBitsPerSecond: 8_000_000,
  });
});
