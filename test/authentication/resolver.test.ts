import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createResolver, DnsError, type Lookup } from '../../src/authentication/resolver.ts';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { openLab, resolverOptions } from './lab.ts';

const zone: Zone = {
  'vendor.example': {
    A: ['192.0.2.1'],
    AAAA: ['2001:db8::1'],
    TXT: ['v=spf1 -all', 'x'.repeat(600)],
    MX: [{ exchange: 'mx.vendor.example', priority: 10 }],
  },
  '1.2.0.192.in-addr.arpa': { PTR: ['out.vendor.example'] },
  'alias.vendor.example': { CNAME: ['vendor.example'] },
  'large.vendor.example': { TXT: ['y'.repeat(4000)] },
  'broken.vendor.example': { fault: 'servfail' },
  'silent.vendor.example': { fault: 'drop' },
  ...Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`n${index}.vendor.example`, { TXT: ['x'] }]),
  ),
};
const plenty = { deadlineMs: 5000, maxQueries: 100 };

async function codeOf(lookup: Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await lookup)}`;
  } catch (error) {
    assert.ok(error instanceof DnsError);
    return error.code;
  }
}

describe('records have the shape of dns.promises.resolve', () => {
  const cases: readonly { name: string; rrtype: string; records: readonly unknown[] }[] = [
    { name: 'vendor.example', rrtype: 'A', records: ['192.0.2.1'] },
    { name: 'VENDOR.example.', rrtype: 'A', records: ['192.0.2.1'] },
    { name: 'vendor.example', rrtype: 'AAAA', records: ['2001:db8::1'] },
    {
      name: 'vendor.example',
      rrtype: 'MX',
      records: [{ exchange: 'mx.vendor.example', priority: 10, type: 'MX' }],
    },
    { name: '1.2.0.192.in-addr.arpa', rrtype: 'PTR', records: ['out.vendor.example'] },
    { name: 'alias.vendor.example', rrtype: 'CNAME', records: ['vendor.example'] },
    { name: 'alias.vendor.example', rrtype: 'A', records: ['192.0.2.1'] },
    {
      name: 'vendor.example',
      rrtype: 'TXT',
      records: [['v=spf1 -all'], ['x'.repeat(255), 'x'.repeat(255), 'x'.repeat(90)]],
    },
  ];
  for (const { name, rrtype, records } of cases) {
    test(`${rrtype} ${name}`, async () => {
      await using lab = await openLab(zone);
      assert.deepEqual(await lab.resolver.forMessage(plenty)(name, rrtype), records);
    });
  }

  test('an answer too long for a datagram comes over TCP', async () => {
    await using lab = await openLab(zone);
    const records = await lab.resolver.forMessage(plenty)('large.vendor.example', 'TXT');
    assert.equal((records[0] as string[]).join('').length, 4000);
    assert.equal(lab.server.queryCount(), 2);
  });

  test('nobody can change what others get', async () => {
    await using lab = await openLab(zone);
    const first = (await lab.resolver.forMessage(plenty)('vendor.example', 'TXT')) as unknown[];
    assert.throws(() => first.pop(), TypeError);
    assert.equal(await lab.resolver.forMessage(plenty)('vendor.example', 'TXT'), first);
  });
});

describe('failures keep the codes of node:dns', () => {
  const cases: readonly { name: string; rrtype: string; code: string; queries: number }[] = [
    { name: 'no such name', rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: 'missing.vendor.example', rrtype: 'TXT', code: 'ENOTFOUND', queries: 1 },
    { name: 'vendor.example', rrtype: 'PTR', code: 'ENODATA', queries: 1 },
    { name: 'example', rrtype: 'TXT', code: 'ENODATA', queries: 1 },
    { name: 'vendor.example\0.other.example', rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: 'vendor\\.example', rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: 'vendör.example', rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: 'vendor..example', rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: `${'x'.repeat(64)}.example`, rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: `${'x.'.repeat(127)}example`, rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: '', rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: '$.vendor.example', rrtype: 'TXT', code: 'ENOTFOUND', queries: 0 },
    { name: 'vendor.example', rrtype: 'ANY', code: 'ENOTIMP', queries: 0 },
    { name: 'vendor.example', rrtype: 'constructor', code: 'ENOTIMP', queries: 0 },
  ];
  for (const { name, rrtype, code, queries } of cases) {
    test(`${rrtype} ${JSON.stringify(name.slice(0, 40))}: ${code}`, async () => {
      await using lab = await openLab(zone);
      assert.equal(await codeOf(lab.resolver.forMessage(plenty)(name, rrtype)), code);
      assert.equal(lab.server.queryCount(), queries);
    });
  }

  test('SERVFAIL', async () => {
    await using lab = await openLab(zone);
    assert.equal(
      await codeOf(lab.resolver.forMessage(plenty)('broken.vendor.example', 'TXT')),
      'ESERVFAIL',
    );
  });

  test('silence ends with the query’s own deadline', async () => {
    await using lab = await openLab(zone, { timeoutMs: 200 });
    const started = performance.now();
    assert.equal(
      await codeOf(lab.resolver.forMessage(plenty)('silent.vendor.example', 'TXT')),
      'ETIMEOUT',
    );
    assert.ok(performance.now() - started < 1000);
  });

  test('nobody listens', async () => {
    await using resolver = createResolver({ ...resolverOptions, servers: ['127.0.0.1:1'] });
    assert.equal(
      await codeOf(resolver.forMessage(plenty)('vendor.example', 'TXT')),
      'ECONNREFUSED',
    );
  });
});

describe('cache', () => {
  const ask = (lookup: Lookup, name: string) => codeOf(lookup(name, 'TXT'));

  test('one query under way per question, over messages', async () => {
    await using lab = await openLab(zone);
    await Promise.all(
      Array.from({ length: 25 }, () => ask(lab.resolver.forMessage(plenty), 'n0.vendor.example')),
    );
    assert.equal(lab.server.queryCount(), 1);
    assert.deepEqual(lab.resolver.statistics(), { hits: 24, misses: 1, failures: 0 });
  });

  test('absence is remembered', async () => {
    await using lab = await openLab(zone);
    for (let round = 0; round < 3; round++) {
      assert.equal(
        await ask(lab.resolver.forMessage(plenty), 'missing.vendor.example'),
        'ENOTFOUND',
      );
    }
    assert.equal(lab.server.queryCount(), 1);
  });

  test('trouble is not remembered beyond the message', async () => {
    await using lab = await openLab(zone, { timeoutMs: 5000 });
    const lookup = lab.resolver.forMessage(plenty);
    await ask(lookup, 'broken.vendor.example');
    const once = lab.server.queryCount();
    await ask(lookup, 'broken.vendor.example');
    assert.equal(lab.server.queryCount(), once);
    await ask(lab.resolver.forMessage(plenty), 'broken.vendor.example');
    assert.ok(lab.server.queryCount() > once);
  });

  test('an answer lives no longer than its time', async (t) => {
    await using lab = await openLab(zone, { maxTtlSeconds: 60, negativeTtlSeconds: 0 });
    const now = t.mock.method(performance, 'now');
    const later = performance.now() + 61_000;
    await ask(lab.resolver.forMessage(plenty), 'n0.vendor.example');
    await ask(lab.resolver.forMessage(plenty), 'missing.vendor.example');
    await ask(lab.resolver.forMessage(plenty), 'missing.vendor.example');
    assert.equal(lab.server.queryCount(), 3);
    now.mock.mockImplementation(() => later);
    await ask(lab.resolver.forMessage(plenty), 'n0.vendor.example');
    assert.equal(lab.server.queryCount(), 4);
  });

  test('is bounded', async () => {
    await using lab = await openLab(zone, { maxEntries: 5 });
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 20; n++)
        await ask(lab.resolver.forMessage(plenty), `n${n}.vendor.example`);
    }
    assert.equal(lab.server.queryCount(), 40);
  });
});

describe('limits of one message', () => {
  test('beyond the budget a question is a timeout, and what is cached is free', async () => {
    await using lab = await openLab(zone);
    await codeOf(lab.resolver.forMessage(plenty)('n9.vendor.example', 'TXT'));
    const lookup = lab.resolver.forMessage({ deadlineMs: 5000, maxQueries: 3 });
    const codes = [];
    for (let n = 0; n < 5; n++) codes.push(await codeOf(lookup(`n${n}.vendor.example`, 'TXT')));
    assert.deepEqual(codes, [...Array<string>(3).fill('answered [["x"]]'), 'ETIMEOUT', 'ETIMEOUT']);
    assert.equal(await codeOf(lookup('n9.vendor.example', 'TXT')), 'answered [["x"]]');
    assert.equal(lab.server.queryCount(), 4);
  });

  test('a hung server holds nobody past the deadline, nor asks anything after it', async () => {
    await using lab = await openLab(zone, { timeoutMs: 10_000 });
    await codeOf(lab.resolver.forMessage(plenty)('n9.vendor.example', 'TXT'));
    const started = performance.now();
    const lookup = lab.resolver.forMessage({ deadlineMs: 150, maxQueries: 100 });
    assert.equal(await codeOf(lookup('silent.vendor.example', 'TXT')), 'ETIMEOUT');
    assert.ok(performance.now() - started < 1000);
    const { misses } = lab.resolver.statistics();
    assert.equal(await codeOf(lookup('n1.vendor.example', 'TXT')), 'ETIMEOUT');
    assert.equal(await codeOf(lookup('n9.vendor.example', 'TXT')), 'answered [["x"]]');
    assert.equal(lab.resolver.statistics().misses, misses);
  });

  test('one message’s deadline does not end another’s query', async () => {
    await using lab = await openLab(zone, { timeoutMs: 400 });
    const hasty = lab.resolver.forMessage({ deadlineMs: 20, maxQueries: 10 })(
      'silent.vendor.example',
      'TXT',
    );
    const patient = lab.resolver.forMessage(plenty)('silent.vendor.example', 'TXT');
    const started = performance.now();
    await codeOf(hasty);
    assert.ok(performance.now() - started < 250);
    await codeOf(patient);
    assert.ok(performance.now() - started > 300);
    assert.deepEqual(lab.resolver.statistics(), { hits: 1, misses: 1, failures: 1 });
  });
});
