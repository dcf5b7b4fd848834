import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Counter, Gauge, type Registry } from 'prom-client';

export type DnsStatistics = {
  readonly hits: number;
  readonly misses: number;
  /** Of the misses, those that no server answered. */
  readonly failures: number;
};

export type CertificateUse = 'smtp' | 'console';

/** PEM files, by what they are for. */
export type CertificateSources = readonly {
  readonly use: CertificateUse;
  readonly certFile: string;
}[];

/** A renewed certificate is seen soon after, and a scrape seldom reads files. */
const readEveryMs = 60_000;

/** What we lean on beside stores and next hop. */
export function siteMetrics(registry: Registry) {
  let dns: () => DnsStatistics = () => ({ hits: 0, misses: 0, failures: 0 });
  let certificates: CertificateSources = [];
  let readAtMs = -Infinity;
  const lookups: Counter<'outcome'> = new Counter({
    name: 'aliaswatch_dns_lookups_total',
    help: 'DNS questions: from the cache, answered by a server, or failed',
    labelNames: ['outcome'],
    registers: [registry],
    collect: () => {
      const { hits, misses, failures } = dns();
      lookups.reset();
      lookups.inc({ outcome: 'cached' }, hits);
      lookups.inc({ outcome: 'answered' }, misses - failures);
      lookups.inc({ outcome: 'failed' }, failures);
    },
  });
  const expiry: Gauge<'use'> = new Gauge({
    name: 'aliaswatch_certificate_expiry_timestamp_seconds',
    help: 'When a certificate of ours expires, Unix time; none where there is none',
    labelNames: ['use'],
    aggregator: 'min',
    registers: [registry],
    collect: async () => {
      if (performance.now() - readAtMs < readEveryMs) return;
      readAtMs = performance.now();
      for (const { use, certFile } of certificates) {
        // A file that cannot be read leaves the last figure, as it leaves the certificate in use.
        const seconds = await expirySeconds(certFile).catch(() => null);
        if (seconds !== null) expiry.set({ use }, seconds);
      }
    },
  });
  return {
    /** Says where the figures come from. */
    measureSite: (sources: {
      readonly dns: () => DnsStatistics;
      readonly certificates: CertificateSources;
    }) => {
      dns = sources.dns;
      certificates = sources.certificates;
      readAtMs = -Infinity;
    },
  };
}

/** Of the first certificate in the file, which is ours. */
async function expirySeconds(certFile: string): Promise<number> {
  const { validToDate } = new X509Certificate(await readFile(certFile));
  return validToDate.getTime() / 1000;
}
