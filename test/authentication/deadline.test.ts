import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { createAuthenticator } from '../../src/authentication/authenticate.ts';
import { unauthenticated } from '../../src/authentication/results.ts';
import type { Content } from '../../src/smtp/content.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { vendorZone } from '../support/zone.ts';
import { notification, openLab, transactionOf } from './lab.ts';

const silent = { fault: 'drop' } as const;

async function timed<Value>(work: Promise<Value>): Promise<{ value: Value; tookMs: number }> {
  const started = performance.now();
  const value = await work;
  return { value, tookMs: performance.now() - started };
}

describe('deadline', () => {
  test('everything hangs: temperror, in time', async () => {
    const names = [
      'vendor.example',
      'bounces.vendor.example',
      'rsa._domainkey.vendor.example',
      '_dmarc.vendor.example',
      '_dmarc.example',
    ];
    await using lab = await openLab(Object.fromEntries(names.map((name) => [name, silent])), {
      timeoutMs: 10_000,
      deadlineMs: 500,
    });
    const message = await signMessage(notification(), {
      domain: 'vendor.example',
      selector: 'rsa',
    });
    const { value, tookMs } = await timed(lab.authenticate(message));
    assert.deepEqual(
      [value.spf.result, value.dkim[0]?.result, value.dmarc.result, value.arc.result],
      ['temperror', 'temperror', 'temperror', 'none'],
    );
    assert.ok(tookMs < 900, `${tookMs} ms`);
    assert.deepEqual(lab.errors, []);
  });

  test('what is known when time runs out is told', async () => {
    const zone = { ...vendorZone('vendor.example'), 'bounces.vendor.example': silent };
    await using lab = await openLab(zone, { timeoutMs: 10_000, deadlineMs: 500 });
    const message = await signMessage(notification(), {
      domain: 'vendor.example',
      selector: 'rsa',
    });
    const { value, tookMs } = await timed(lab.authenticate(message));
    assert.deepEqual(
      [value.spf.result, value.dkim[0]?.result, value.dmarc.result],
      ['temperror', 'pass', 'pass'],
    );
    assert.ok(tookMs < 900, `${tookMs} ms`);
  });

  test('a forger’s slow DNS does not hide that the author’s policy fails', async () => {
    const tarpits = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`s${index}._domainkey.evil.example`, silent]),
    );
    const zone = { ...vendorZone('vendor.example'), ...tarpits, 'evil.example': silent };
    await using lab = await openLab(zone, { timeoutMs: 10_000, deadlineMs: 500 });
    let message = notification();
    for (let n = 0; n < 9; n++)
      message = await signMessage(message, { domain: 'evil.example', selector: `s${n}` });
    const { value, tookMs } = await timed(
      lab.authenticate(message, { mailFrom: 'a@evil.example' }),
    );
    assert.deepEqual([value.spf.result, value.dmarc.result], ['temperror', 'fail']);
    assert.deepEqual(new Set(value.dkim.map(({ result }) => result)), new Set(['temperror']));
    assert.ok(tookMs < 900, `${tookMs} ms`);
  });

  test('content that never ends', async () => {
    await using lab = await openLab(vendorZone('vendor.example'), { deadlineMs: 200 });
    const streams: PassThrough[] = [];
    const start = Buffer.from(notification());
    const stuck: Content = {
      sizeBytes: 1_000_000,
      prefix: () => Promise.resolve(start),
      stream: () => {
        const stream = new PassThrough();
        stream.write(start);
        streams.push(stream);
        return stream;
      },
    };
    const { value, tookMs } = await timed(lab.authenticate(stuck));
    assert.deepEqual(value, unauthenticated);
    assert.ok(tookMs < 600, `${tookMs} ms`);
    assert.deepEqual(
      streams.map(({ destroyed }) => destroyed),
      [true],
    );
  });

  test('more hashing than there is time for', async () => {
    await using lab = await openLab(vendorZone('vendor.example'), { deadlineMs: 300 });
    const signature = (length: number) =>
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=vendor.example; s=rsa; h=from; l=${length}; bh=AA==; b=AA==\r\n`;
    const message =
      Array.from({ length: 10 }, (_, index) => signature(index + 1_000_000)).join('') +
      notification();
    const { value, tookMs } = await timed(lab.authenticate(message + 'x'.repeat(30_000_000)));
    assert.deepEqual(value, unauthenticated);
    assert.ok(tookMs < 1500, `${tookMs} ms`);
    assert.deepEqual(lab.errors, []);
  });

  test('content that cannot be read is reported, not thrown', async () => {
    await using lab = await openLab(vendorZone('vendor.example'));
    const content = memoryContent(Buffer.from(notification()));
    const brokenHead = { ...content, prefix: () => Promise.reject(new Error('disk')) };
    const brokenBody = {
      ...content,
      sizeBytes: 1_000_000,
      stream: () => new PassThrough().destroy(new Error('disk')),
    };
    assert.deepEqual(await lab.authenticate(brokenHead), unauthenticated);
    assert.deepEqual(await lab.authenticate(brokenBody), unauthenticated);
    assert.equal(lab.errors.length, 2);
  });

  test('a resolver that breaks its word is not thrown either', async () => {
    const authenticate = createAuthenticator({
      resolver: { forMessage: () => () => Promise.reject(new Error('no code')) },
      authservId: 'mx.recipient.example',
      deadlineMs: 1000,
      maxQueries: 10,
    });
    const { spf, dmarc } = await authenticate(transactionOf(notification(), {}));
    assert.deepEqual([spf.result, dmarc.result], ['temperror', 'temperror']);
  });

  test('the query budget spent is temperror', async () => {
    await using lab = await openLab(vendorZone('vendor.example'), { maxQueries: 1 });
    const { spf, dmarc } = await lab.authenticate(notification());
    assert.deepEqual([spf.result, dmarc.result], ['temperror', 'temperror']);
    assert.equal(lab.server.queryCount(), 1);
  });
});
