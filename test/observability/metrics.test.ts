import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { createMetrics } from '../../src/observability/metrics.ts';
import { requireInstalled } from '../support/installed.ts';

type Family = { readonly type: string; readonly samples: Map<string, number> };

/** The text format of Prometheus, enough of it to see what a scraper sees. */
function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) families.set(name, { type, samples: new Map() });
    const [, series, value] = /^([a-z][^#]*) (\S+)$/.exec(line) ?? [];
    if (series === undefined) continue;
    const metric = series.replace(/\{.*/, '');
    const family =
      families.get(metric) ?? families.get(metric.replace(/_(?:bucket|sum|count)$/, ''));
    assert.ok(family, `${series} has no type`);
    family.samples.set(series, Number(value));
  }
  return families;
}

const rules = { version: '4f1c00aa11bb', aliases: [{ id: 'vendor-billing' }] };

async function expose(metrics = createMetrics('0.1.0')): Promise<Map<string, Family>> {
  return parseExposition(await metrics.registry.metrics());
}

test('names: one prefix, base units, _total on counters and nothing else', async () => {
  const families = await expose();
  assert.ok(families.size > 20);
  for (const [name, { type }] of families) {
    assert.match(name, /^aliaswatch_[a-z0-9_]+$/);
    assert.doesNotMatch(name, /_(?:ms|milliseconds|minutes|kb|mb)(?:_|$)/);
    assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
  }
});

test('every series of a closed set is there, as 0, before its first event', async () => {
  const metrics = createMetrics('0.1.0');
  metrics.rulesActivated(rules);
  const families = await expose(metrics);
  const size = (name: string) => {
    const samples = families.get(`aliaswatch_${name}`)?.samples;
    assert.ok(samples && [...samples.values()].every((value) => value === 0), name);
    return samples.size;
  };
  assert.equal(size('transactions_total'), 8 * 5);
  assert.equal(size('alias_verdicts_total'), 2 * 7);
  assert.equal(size('smtp_replies_total'), 3);
  assert.equal(size('fail_open_total'), 6);
  assert.equal(size('smtp_refused_total'), 13);
  assert.equal(size('duplicate_risk_total'), 2);
  assert.equal(size('stage_duration_seconds'), 7 * (15 + 3));
  for (const name of ['held', 'bytes', 'failed']) assert.equal(size(`quarantine_${name}_total`), 1);
  assert.equal(size('lessons_lost_total'), 1);
  assert.equal(size('organization_values'), 3);
  assert.equal(size('organization_lookups_total'), 2);
  assert.equal(size('organization_lost_total'), 1);
  assert.equal(size('open_relay_suspected'), 1);
});

test('versions and the last reload', async () => {
  const metrics = createMetrics('0.1.0');
  const read = async () =>
    [...(await expose(metrics)).values()]
      .flatMap(({ samples }) => [...samples])
      .filter(([series]) => /aliaswatch_(?:build_info|ruleset_info|rules_last)/.test(series));
  metrics.rulesActivated(rules);
  metrics.rulesActivated({ ...rules, version: 'second' });
  assert.deepEqual(await read(), [
    ['aliaswatch_build_info{version="0.1.0"}', 1],
    ['aliaswatch_ruleset_info{version="second",stage="enforce"}', 1],
    ['aliaswatch_rules_last_reload_success', 1],
  ]);
  metrics.rulesRejected();
  assert.deepEqual((await read()).slice(1), [
    ['aliaswatch_ruleset_info{version="second",stage="enforce"}', 1],
    ['aliaswatch_rules_last_reload_success', 0],
  ]);
});

test('at most 500 aliases become labels, however often the rules change', async () => {
  const metrics = createMetrics('0.1.0');
  for (let version = 0; version < 4; version++) {
    const aliases = Array.from({ length: 200 }, (_, n) => ({ id: `alias-${version}-${n}` }));
    metrics.rulesActivated({ version: String(version), aliases });
  }
  assert.equal(metrics.aliasLabel('alias-0-0'), 'alias-0-0');
  assert.equal(metrics.aliasLabel('alias-2-99'), 'alias-2-99');
  assert.equal(metrics.aliasLabel('alias-2-100'), '_other');
  assert.equal(metrics.aliasLabel('alias-3-0'), '_other');
  assert.equal(
    (await expose(metrics)).get('aliaswatch_alias_verdicts_total')?.samples.size,
    501 * 7,
  );
});

test('two registries share nothing', async () => {
  const [one, two] = [createMetrics('1'), createMetrics('2')];
  one.quarantineHeld.inc();
  assert.equal(
    (await expose(two))
      .get('aliaswatch_quarantine_held_total')
      ?.samples.get('aliaswatch_quarantine_held_total'),
    0,
  );
});

test(
  'promtool finds nothing to improve',
  { skip: requireInstalled('promtool', 'prometheus') },
  async () => {
    const metrics = createMetrics('0.1.0');
    metrics.rulesActivated(rules);
    execFileSync('promtool', ['check', 'metrics'], { input: await metrics.registry.metrics() });
  },
);

test("what the organization's ledgers hold is measured when somebody asks, and at most once a minute", async () => {
  const metrics = createMetrics('0.1.0');
  let measured = 0;
  metrics.measureOrganization(() => {
    measured++;
    return Promise.resolve({ domain: 7, correspondent: 5, carried: 3 });
  });
  const values = async () => [
    ...((await expose(metrics)).get('aliaswatch_organization_values')?.samples.values() ?? []),
  ];
  assert.deepEqual(await values(), [7, 5, 3]);
  assert.deepEqual(await values(), [7, 5, 3]);
  assert.equal(measured, 1);
});

test('a file of notices that cannot be read leaves the other metrics alone, and its last figures', async () => {
  const metrics = createMetrics('0.1.0');
  let isReadable = true;
  metrics.measureNotices(() => {
    if (!isReadable) throw new Error('disk I/O error');
    return {
      waiting: 2,
      pending: 1,
      overdueSince: null,
      lastSentAt: null,
      nextDueAt: null,
      failures: [],
    };
  });
  const pending = async () => [
    ...((await expose(metrics)).get('aliaswatch_notices_pending')?.samples.values() ?? []),
  ];
  assert.deepEqual(await pending(), [3]);
  isReadable = false;
  assert.deepEqual(await pending(), [3]);
});

test('ledgers that do not answer leave the other metrics alone', async () => {
  const metrics = createMetrics('0.1.0');
  metrics.measureOrganization(() => Promise.reject(new Error('down')));
  assert.ok((await expose(metrics)).has('aliaswatch_lessons_lost_total'));
});
