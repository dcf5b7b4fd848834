import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expose } from '../../src/observability/exposition.ts';
import { createMetrics } from '../../src/observability/metrics.ts';

const prometheus =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

test('who asks for OpenMetrics gets it, in its own grammar', async () => {
  const { registry, quarantineHeld } = createMetrics('0.1.0');
  quarantineHeld.inc(3);
  const { contentType, body } = await expose(registry, prometheus);
  assert.match(contentType, /^application\/openmetrics-text; version=1\.0\.0/);
  assert.ok(body.endsWith('\n# EOF\n'));
  assert.doesNotMatch(body, /\n\n/);
  assert.match(
    body,
    /^# TYPE aliaswatch_quarantine_held counter\naliaswatch_quarantine_held_total 3$/m,
  );
  assert.match(body, /^aliaswatch_stage_duration_seconds_bucket\{le="0\.005",stage="parse"\} 0$/m);
  for (const [, family, type] of body.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    assert.ok(type !== 'counter' || !family?.endsWith('_total'), family);
});

test('the next scraper still gets the other format, under the same names', async () => {
  const { registry } = createMetrics('0.1.0');
  const namesOf = (text: string) =>
    new Set([...text.matchAll(/^([a-z_0-9]+)[ {]/gm)].map(([, name]) => name));
  const plain = await expose(registry, 'text/plain');
  const open = await expose(registry, prometheus);
  const again = await expose(registry);
  assert.match(plain.contentType, /^text\/plain; version=0\.0\.4/);
  assert.deepEqual(namesOf(again.body), namesOf(plain.body));
  assert.deepEqual(namesOf(open.body), namesOf(plain.body));
});

for (const accept of [
  '*/*',
  '',
  'application/openmetrics-text;q=0, text/plain',
  'x'.repeat(9000),
]) {
  test(`the text format for ${JSON.stringify(accept.slice(0, 60))}`, async () => {
    const { contentType } = await expose(createMetrics('0.1.0').registry, accept);
    assert.match(contentType, /^text\/plain/);
  });
}
