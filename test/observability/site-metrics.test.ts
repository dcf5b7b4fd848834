import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMetrics } from '../../src/observability/metrics.ts';
import { requireInstalled } from '../support/installed.ts';
import { makeCertificate } from '../support/self-signed.ts';

test('DNS questions by what came of them, and full again after each scrape', async () => {
  const metrics = createMetrics('0.1.0');
  metrics.measureSite({ dns: () => ({ hits: 7, misses: 5, failures: 2 }), certificates: [] });
  for (let scrape = 0; scrape < 2; scrape++) {
    const text = await metrics.registry.getSingleMetricAsString('aliaswatch_dns_lookups_total');
    assert.deepEqual(text.split('\n').slice(2), [
      'aliaswatch_dns_lookups_total{outcome="cached"} 7',
      'aliaswatch_dns_lookups_total{outcome="answered"} 3',
      'aliaswatch_dns_lookups_total{outcome="failed"} 2',
    ]);
  }
});

test(
  'when a certificate expires; one that cannot be read leaves the others alone',
  { skip: requireInstalled('openssl', 'openssl') },
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-expiry-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const { certFile } = await makeCertificate(directory, 'mx.test');
    const metrics = createMetrics('0.1.0');
    metrics.measureSite({
      dns: () => ({ hits: 0, misses: 0, failures: 0 }),
      certificates: [
        { use: 'console', certFile: join(directory, 'gone.crt') },
        { use: 'smtp', certFile },
      ],
    });
    const { validToDate } = new X509Certificate(await readFile(certFile));
    const name = 'aliaswatch_certificate_expiry_timestamp_seconds';
    const text = await metrics.registry.getSingleMetricAsString(name);
    assert.deepEqual(text.split('\n').slice(2), [
      `${name}{use="smtp"} ${validToDate.getTime() / 1000}`,
    ]);
  },
);
