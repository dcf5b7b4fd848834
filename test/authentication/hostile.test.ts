import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { signMessage } from '../support/dkim-keys.ts';
import { vendorZone } from '../support/zone.ts';
import { notification, openLab, type Lab } from './lab.ts';

let lab: Lab;
before(async () => {
  lab = await openLab(vendorZone('vendor.example'), { maxEntries: 1000 });
});
after(() => lab[Symbol.asyncDispose]());

const elsewhere = { clientAddress: '203.0.113.9' };

describe('hostile input never throws', () => {
  const fieldNames = [
    'From',
    'DKIM-Signature',
    'ARC-Seal',
    'ARC-Message-Signature',
    'ARC-Authentication-Results',
    'Received',
    'Content-Type',
    'Return-Path',
  ];
  const pieces = [
    'i=1;',
    'i=2;',
    'a=rsa-sha256;',
    'a=ed25519-sha256;',
    'c=relaxed/simple;',
    'd=vendor.example;',
    's=rsa;',
    'h=from:to;',
    'h=;',
    'bh=AA==;',
    'b=AA==;',
    'b=;',
    'l=0;',
    'l=99999999999999999999;',
    't=-1;',
    'x=1;',
    'cv=pass;',
    'v=1;',
    'd=;',
    's=\0;',
    'd=%;',
    '__proto__=1;',
    'constructor=1;',
    'a@vendor.example',
    '<',
    '>',
    '"',
    '(',
    ')',
    '\\',
    ',',
    ':',
    ';',
    '=',
    '@',
    '\r\n ',
    '\r\n\t',
    ' ',
    '\xff',
    '\0',
    '=?utf-8?b?//8=?=',
    'multipart/mixed; boundary=""',
  ];
  const field = fc
    .tuple(fc.constantFrom(...fieldNames), fc.array(fc.constantFrom(...pieces), { maxLength: 25 }))
    .map(([name, parts]) => `${name}: ${parts.join('')}\r\n`);

  test('fields made of the right pieces in the wrong places', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { maxLength: 12 }),
        fc.boolean(),
        async (fields, hasBody) => {
          const results = await lab.authenticate(
            fields.join('') + (hasBody ? '\r\nbody\r\n' : ''),
            elsewhere,
          );
          assert.notEqual(results.dmarc.result, 'pass');
          assertResinfo(results.resinfo);
        },
      ),
      { numRuns: 300 },
    );
    assert.deepEqual(lab.errors, []);
  });

  test('any bytes as message, HELO and MAIL FROM', async () => {
    const bytes = fc
      .uint8Array({ maxLength: 300 })
      .map((array) => Buffer.from(array).toString('latin1'));
    await fc.assert(
      fc.asyncProperty(bytes, bytes, bytes, async (message, helo, mailFrom) => {
        const results = await lab.authenticate(message, { ...elsewhere, helo, mailFrom });
        assert.notEqual(results.dmarc.result, 'pass');
        assertResinfo(results.resinfo);
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(lab.errors, []);
  });

  test('any client address', async () => {
    for (const clientAddress of [
      '',
      'unknown',
      '::ffff:192.0.2.7',
      '[192.0.2.7]',
      '999.1.1.1',
      'fe80::1%eth0',
    ]) {
      const { spf } = await lab.authenticate(notification(), { clientAddress });
      assert.equal(spf.result === 'pass', clientAddress === '::ffff:192.0.2.7', clientAddress);
    }
  });
});

/** One line of printable ASCII, quotes closed (RFC 8601 §2.2). */
function assertResinfo(resinfo: string): void {
  assert.match(resinfo, /^[\x20-\x7e]+$/);
  const outsideQuotes = resinfo.replace(/"(?:[^"\\]|\\.)*"/g, 'q');
  assert.match(
    outsideQuotes,
    /^spf=[a-z]+(?: smtp\.\S+)?(?:; dkim=[a-z]+[^";]*)+; dmarc=[a-z]+[^";]*; arc=[a-z]+$/,
  );
}

describe('contrived header blocks take bounded time and pass nothing', () => {
  const cases: readonly { name: string; fields: string }[] = [
    { name: 'folds', fields: `X: a\r\n${' b\r\n'.repeat(60_000)}` },
    { name: 'fields', fields: 'X:1\r\n'.repeat(50_000) },
    { name: 'white space', fields: `X: a${' '.repeat(200_000)}b\r\n` },
    { name: 'blank folds', fields: `X: a${'\r\n '.repeat(60_000)}b\r\n` },
    { name: 'larger than is read', fields: `X: ${'a'.repeat(300_000)}\r\n` },
  ];
  for (const { name, fields } of cases) {
    test(name, async () => {
      const message = await signMessage(notification(), {
        domain: 'vendor.example',
        selector: 'rsa',
      });
      const started = performance.now();
      const { spf, dkim, dmarc } = await lab.authenticate(
        message.replace('From:', `${fields}From:`),
      );
      assert.ok(performance.now() - started < 1500);
      assert.deepEqual([spf.result, dkim, dmarc.result], ['pass', [], 'permerror']);
    });
  }

  const bounded: readonly { name: string; fields: string }[] = [
    {
      name: 'thousands of signatures',
      fields:
        'DKIM-Signature: v=1; a=rsa-sha256; d=vendor.example; s=rsa; h=from; bh=AA==; b=AA==\r\n'.repeat(
          2500,
        ),
    },
    {
      name: 'a signature over thousands of fields',
      fields: `DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s; bh=AA==; b=AA==; h=from:${'x:'.repeat(50_000)}\r\n`,
    },
    { name: 'white space within limits', fields: `X: a${`${' '.repeat(499)}b`.repeat(400)}\r\n` },
    { name: 'folds within limits', fields: `X: a\r\n${' b\r\n'.repeat(4900)}` },
    { name: 'a From field of thousands', fields: `From: ${'a@b.example,'.repeat(10_000)}\r\n` },
    { name: 'a From field of open brackets', fields: `From: ${'(<"'.repeat(50_000)}\r\n` },
  ];
  for (const { name, fields } of bounded) {
    test(name, async () => {
      const started = performance.now();
      const { dmarc } = await lab.authenticate(fields + notification(), elsewhere);
      assert.ok(performance.now() - started < 1500, `${performance.now() - started} ms`);
      assert.notEqual(dmarc.result, 'pass');
    });
  }
});
