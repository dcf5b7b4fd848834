import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { metricsDocument } from '../../scripts/metrics-doc.ts';
import { startScrapedGateway } from '../support/scrape.ts';
import { requireInstalled } from '../support/installed.ts';

const document = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
const documented = [...document.matchAll(/^\| `(aliaswatch_\w+)` \|/gm)].map(([, name]) => name);

const gateway = await startScrapedGateway();
after(() => gateway[Symbol.asyncDispose]());

test('docs/metrics.md is what scripts/metrics-doc.ts writes', async () => {
  assert.equal(document, await metricsDocument());
});

test('a gateway shows every metric that is documented, and none that is not', async () => {
  const { families } = await gateway.scrape();
  assert.deepEqual([...families.keys()].toSorted(), documented.toSorted());
});

test('and the same to a scraper that asks for OpenMetrics', async () => {
  const { families } = await gateway.scrape('application/openmetrics-text; version=1.0.0');
  const named = [...families].map(([name, type]) => (type === 'counter' ? `${name}_total` : name));
  assert.deepEqual(named.toSorted(), documented.toSorted());
});

test(
  'promtool finds nothing to improve in it',
  { skip: requireInstalled('promtool', 'prometheus') },
  async () => {
    const { text } = await gateway.scrape();
    execFileSync('promtool', ['check', 'metrics'], { input: text });
  },
);
