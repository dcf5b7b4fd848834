import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { sealMessage } from 'mailauth';
import { createTransport } from 'nodemailer';
import type { AuthenticationResults, ResultWord } from '../../src/authentication/results.ts';
import {
  ed25519Key,
  generateRsaKey,
  rsaKey,
  signMessage,
  signVerbatim,
  type SignOptions,
} from '../support/dkim-keys.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { vendorZone } from '../support/zone.ts';
import { notification, openLab, type Lab, type Sent } from './lab.ts';

const rsa = { domain: 'vendor.example', selector: 'rsa' } as const satisfies SignOptions;
const weakKey = generateRsaKey(512);
const attackerKey = generateRsaKey(1024);

const zone = {
  ...vendorZone('vendor.example'),
  ...vendorZone('strict.example', { dmarc: 'v=DMARC1; p=quarantine; adkim=s; aspf=s' }),
  ...vendorZone('mail.strict.example'),
  ...vendorZone('other.example', { ip4: '198.51.100.1' }),
  ...vendorZone('unpublished.example', { dmarc: 'unrelated text' }),
  'weak._domainkey.vendor.example': { TXT: [weakKey.record] },
  'revoked._domainkey.vendor.example': { TXT: ['v=DKIM1; p='] },
  'evil.other.example': { TXT: [attackerKey.record] },
  'servfail._domainkey.vendor.example': { fault: 'servfail' },
  'servfail._domainkey.other.example': { fault: 'servfail' },
  'servfail.vendor.example': { fault: 'servfail' },
  'out.vendor.example': { TXT: ['v=spf1 ip4:192.0.2.0/24 -all'] },
  '_dmarc.servfail.example': { fault: 'servfail' },
} as const;

let lab: Lab;
before(async () => {
  lab = await openLab(zone);
});
after(() => lab[Symbol.asyncDispose]());

type Expected = {
  readonly spf?: ResultWord;
  readonly dkim?: readonly ResultWord[];
  readonly dmarc?: ResultWord;
};

function summary({ spf, dkim, dmarc }: AuthenticationResults): Required<Expected> {
  return { spf: spf.result, dkim: dkim.map(({ result }) => result), dmarc: dmarc.result };
}

const signed = (options: Partial<SignOptions> = {}, message = notification()) =>
  signMessage(message, { ...rsa, ...options });

describe('results', () => {
  const elsewhere: Sent = { clientAddress: '203.0.113.9' };
  const cases: readonly {
    name: string;
    message: () => Promise<string>;
    sent?: Sent;
    expected: Expected;
  }[] = [
    {
      name: 'all pass, rsa',
      message: () => signed(),
      expected: { spf: 'pass', dkim: ['pass'], dmarc: 'pass' },
    },
    {
      name: 'all pass, ed25519',
      message: () => signed({ selector: 'ed', key: ed25519Key }),
      expected: { spf: 'pass', dkim: ['pass'], dmarc: 'pass' },
    },
    {
      name: 'DKIM alone carries DMARC',
      message: () => signed(),
      sent: elsewhere,
      expected: { spf: 'fail', dkim: ['pass'], dmarc: 'pass' },
    },
    {
      name: 'SPF alone carries DMARC',
      message: () => Promise.resolve(notification()),
      expected: { spf: 'pass', dkim: [], dmarc: 'pass' },
    },
    {
      name: 'neither',
      message: () => Promise.resolve(notification()),
      sent: elsewhere,
      expected: { spf: 'fail', dkim: [], dmarc: 'fail' },
    },
    {
      name: 'changed body',
      message: async () => (await signed()).replace('Thank you', 'Call us'),
      sent: elsewhere,
      expected: { dkim: ['fail'], dmarc: 'fail' },
    },
    {
      name: 'changed signed field',
      message: async () => (await signed()).replace('Your receipt', 'Your invoice'),
      sent: elsewhere,
      expected: { dkim: ['fail'], dmarc: 'fail' },
    },
    {
      name: 'key missing',
      message: () => signed({ selector: 'none' }),
      sent: elsewhere,
      expected: { dkim: ['neutral'], dmarc: 'fail' },
    },
    {
      name: 'key revoked',
      message: () => signed({ selector: 'revoked' }),
      sent: elsewhere,
      expected: { dkim: ['neutral'], dmarc: 'fail' },
    },
    {
      name: 'key of 512 bits',
      message: () => signed({ selector: 'weak', key: weakKey }),
      sent: elsewhere,
      expected: { dkim: ['policy'], dmarc: 'fail' },
    },
    {
      name: 'rsa-sha1',
      message: () => signed({ algorithm: 'rsa-sha1' }),
      sent: elsewhere,
      expected: { dkim: ['policy'], dmarc: 'fail' },
    },
    {
      name: 'a stranger signs',
      message: () => signed({ domain: 'other.example' }),
      sent: elsewhere,
      expected: { dkim: ['pass'], dmarc: 'fail' },
    },
    {
      name: 'strict: the domain itself',
      message: () => signed({ domain: 'strict.example' }, notification('a@strict.example')),
      expected: { dkim: ['pass'], dmarc: 'pass' },
    },
    {
      name: 'strict: a subdomain is not aligned',
      message: () => signed({ domain: 'mail.strict.example' }, notification('a@strict.example')),
      sent: { mailFrom: 'b@bounces.strict.example' },
      expected: { spf: 'pass', dkim: ['pass'], dmarc: 'fail' },
    },
    {
      name: 'no policy',
      message: () =>
        signed({ domain: 'unpublished.example' }, notification('a@unpublished.example')),
      expected: { dkim: ['pass'], dmarc: 'none' },
    },
    {
      name: 'expired',
      message: () => signed({ signTime: new Date('2020-01-01'), expires: new Date('2020-01-08') }),
      sent: elsewhere,
      expected: { dkim: ['neutral'], dmarc: 'fail' },
    },
    {
      name: 'null sender: HELO is checked',
      message: () => Promise.resolve(notification()),
      sent: { mailFrom: '' },
      expected: { spf: 'pass', dmarc: 'pass' },
    },
    {
      name: 'null sender, address as HELO',
      message: () => Promise.resolve(notification()),
      sent: { mailFrom: '', helo: '[192.0.2.7]' },
      expected: { spf: 'none', dmarc: 'fail' },
    },
  ];
  for (const { name, message, sent, expected } of cases) {
    test(name, async () => {
      const results = await lab.authenticate(await message(), sent);
      assert.deepEqual({ ...summary(results), ...expected }, summary(results));
      assert.deepEqual(lab.errors, []);
    });
  }
});

describe('DNS trouble is temperror', () => {
  const cases: readonly {
    name: string;
    message: () => Promise<string>;
    sent: Sent;
    expected: Expected;
  }[] = [
    {
      name: 'the key of an aligned signature: DMARC is not known to fail',
      message: () => signed({ selector: 'servfail' }),
      sent: { clientAddress: '203.0.113.9' },
      expected: { spf: 'fail', dkim: ['temperror'], dmarc: 'temperror' },
    },
    {
      name: 'SPF of an aligned sender: DMARC is not known to fail',
      message: () => Promise.resolve(notification()),
      sent: { mailFrom: 'a@servfail.vendor.example' },
      expected: { spf: 'temperror', dmarc: 'temperror' },
    },
    {
      name: 'the policy',
      message: () => signed({ domain: 'vendor.example' }, notification('a@servfail.example')),
      sent: {},
      expected: { dkim: ['pass'], dmarc: 'temperror' },
    },
    {
      name: 'a stranger’s trouble changes nothing',
      message: () =>
        signed({ domain: 'vendor.example', selector: 'servfail' }, notification('a@other.example')),
      sent: { mailFrom: 'a@servfail.vendor.example' },
      expected: { spf: 'temperror', dkim: ['temperror'], dmarc: 'fail' },
    },
  ];
  for (const { name, message, sent, expected } of cases) {
    test(name, async () => {
      const results = await lab.authenticate(await message(), sent);
      assert.deepEqual({ ...summary(results), ...expected }, summary(results));
    });
  }

  test('a name that cannot exist is not trouble', async () => {
    const forged = (await signed()).replace('s=rsa;', `s=${'x'.repeat(64)};`);
    const { dkim, dmarc } = await lab.authenticate(forged, { clientAddress: '203.0.113.9' });
    assert.deepEqual([dkim[0]?.result, dmarc.result], ['neutral', 'fail']);
  });

  test('a NUL in the selector does not fetch a key from elsewhere', async () => {
    const attack = {
      domain: 'vendor.example',
      selector: 'evil.other.example\0',
      key: attackerKey,
      headerList: 'from:subject',
    };
    const { dkim, dmarc } = await lab.authenticate(signVerbatim(notification(), attack), {
      clientAddress: '203.0.113.9',
    });
    assert.deepEqual([dkim[0]?.result, dmarc.result], ['neutral', 'fail']);
  });
});

describe('author', () => {
  const cases: readonly { name: string; from: string; dmarc: ResultWord }[] = [
    { name: 'one', from: 'From: service@vendor.example\r\n', dmarc: 'pass' },
    {
      name: 'address in the display name',
      from: 'From: "ceo@bank.example" <service@vendor.example>\r\n',
      dmarc: 'pass',
    },
    { name: 'no field', from: '', dmarc: 'permerror' },
    { name: 'no address', from: 'From: Vendor\r\n', dmarc: 'permerror' },
    {
      name: 'two fields',
      from: 'From: service@vendor.example\r\nFrom: a@bank.example\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'two equal fields',
      from: 'From: service@vendor.example\r\nFrom: service@vendor.example\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'two fields, one folded oddly',
      from: 'From: service@vendor.example\r\nFrom\r\n : a@bank.example\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'two addresses',
      from: 'From: service@vendor.example, a@bank.example\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'two addresses of one domain',
      from: 'From: service@vendor.example, a@vendor.example\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'two bracketed addresses',
      from: 'From: <service@vendor.example> <a@bank.example>\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'an address behind the bracketed one',
      from: 'From: <service@vendor.example> a@bank.example\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'two bare addresses',
      from: 'From: service@vendor.example a@bank.example\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'source route',
      from: 'From: <@bank.example:service@vendor.example>\r\n',
      dmarc: 'permerror',
    },
    {
      name: 'two in a group',
      from: 'From: G: service@vendor.example, a@bank.example;\r\n',
      dmarc: 'permerror',
    },
  ];
  for (const { name, from, dmarc } of cases) {
    test(name, async () => {
      const unsigned = `${from}Subject: x\r\n\r\nbody\r\n`;
      const message = from === '' ? unsigned : await signed({}, unsigned);
      const results = await lab.authenticate(message);
      assert.equal(results.dmarc.result, dmarc);
      assert.equal(
        results.dkim.some(({ aligned }) => aligned),
        dmarc === 'pass',
      );
    });
  }
});

describe('facts of a signature', () => {
  test('t=, x=, h= and selector', async () => {
    const signTime = new Date('2026-11-22T11:00:00Z');
    const expires = new Date('2099-01-01T00:00:00Z');
    const message = await signed({ signTime, expires, headerList: 'From:Subject:To:From' });
    const { dkim } = await lab.authenticate(message);
    const { signatureHash, ...facts } = dkim[0]!;
    assert.match(signatureHash, /^[\w-]{11}$/);
    assert.deepEqual(
      { ...facts, signedFields: [...facts.signedFields].sort() },
      {
        result: 'pass',
        domain: 'vendor.example',
        selector: 'rsa',
        aligned: true,
        signedAtSeconds: signTime.getTime() / 1000,
        expiresAtSeconds: expires.getTime() / 1000,
        coversWholeBody: true,
        signedFields: ['from', 'subject', 'to'],
      },
    );
  });

  test('a signature by another implementation', async () => {
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const { message } = await transport.sendMail({
      from: 'service@vendor.example',
      to: 'a@recipient.example',
      subject: 'Your receipt',
      text: 'Thank you.',
      dkim: {
        domainName: 'vendor.example',
        keySelector: 'rsa',
        privateKey: rsaKey.privateKey,
        headerFieldNames: 'from:subject:to',
      },
    });
    const { dkim, dmarc } = await lab.authenticate((message as Buffer).toString('latin1'));
    assert.deepEqual([dkim[0]?.result, dmarc.result], ['pass', 'pass']);
    assert.deepEqual([...(dkim[0]?.signedFields ?? [])].sort(), ['from', 'subject', 'to']);
  });

  test('h= keeps its repetitions', async () => {
    const { dkim } = await lab.authenticate(
      signVerbatim(notification(), { ...rsa, headerList: 'From:From:Subject:X-Absent' }),
    );
    assert.deepEqual(
      [dkim[0]?.result, dkim[0]?.signedFields],
      ['pass', ['from', 'from', 'subject', 'x-absent']],
    );
  });

  test('l= that leaves part of the body open', async () => {
    const message = `${await signed({ maxBodyLength: 5 })}Call us.\r\n`;
    const { dkim } = await lab.authenticate(message);
    assert.deepEqual([dkim[0]?.result, dkim[0]?.coversWholeBody], ['pass', false]);
  });

  test('an expired signature still says when it was made', async () => {
    const { dkim } = await lab.authenticate(
      await signed({ signTime: new Date(1_577_836_800_000), expires: new Date(1_578_441_600_000) }),
    );
    assert.deepEqual(
      [dkim[0]?.signedAtSeconds, dkim[0]?.expiresAtSeconds],
      [1_577_836_800, 1_578_441_600],
    );
  });

  test('signatureHash: the same for a replay however b= is spelled, another for another signature', async () => {
    const hashOf = async (message: string) => (await lab.authenticate(message)).dkim[0]!;
    const message = await signed({ signTime: new Date(1_790_000_000_000) });
    const original = await hashOf(message);
    const b = /[; ]b=([^;]+?)\r\n(?!\s)/.exec(message)![1]!;
    const respelled = await hashOf(
      `X-Hop: 1\r\n${message.replace(b, b.replace(/\s/g, '').replace(/={0,2}$/, '!\r\n  '))}`,
    );
    assert.deepEqual([original.result, respelled.result], ['pass', 'pass']);
    assert.equal(respelled.signatureHash, original.signatureHash);
    const another = await hashOf(await signed({ signTime: new Date(1_790_000_001_000) }));
    assert.notEqual(another.signatureHash, original.signatureHash);
  });

  test('at most ten signatures are considered, the author’s own among them', async () => {
    const genuine = await signed();
    const stranger =
      'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=other.example; s=rsa; h=from; bh=AA==; b=AA==\r\n';
    const odd =
      'dkim-signature\r\n : v=1; a=rsa-sha256; c=relaxed/relaxed; d=other.example; s=rsa; h=from; bh=AA==; b=AA==\r\n';
    const { dkim, dmarc } = await lab.authenticate(stranger.repeat(30) + odd.repeat(30) + genuine, {
      clientAddress: '203.0.113.9',
    });
    assert.equal(dkim.length, 10);
    assert.equal(dkim.filter(({ result }) => result === 'pass').length, 1);
    assert.equal(dmarc.result, 'pass');
  });

  test('a message of several megabytes', async () => {
    const message = await signed({}, notification() + 'All work and no play.\r\n'.repeat(150_000));
    const { dkim } = await lab.authenticate(message);
    assert.equal(dkim[0]?.result, 'pass');
  });
});

describe('ARC', () => {
  const seal = { signingDomain: 'other.example', privateKey: rsaKey.privateKey };
  const sealed = async (selector: string, message = notification()) =>
    `${(await sealMessage(message, { ...seal, selector, cv: 'none', authResults: 'mx.other.example; spf=pass' })).toString()}${message}`;
  const cases: readonly { name: string; message: () => Promise<string>; arc: ResultWord }[] = [
    { name: 'no chain', message: () => Promise.resolve(notification()), arc: 'none' },
    { name: 'valid chain', message: () => sealed('rsa'), arc: 'pass' },
    {
      name: 'body changed behind it',
      message: async () => (await sealed('rsa')).replace('Thank', 'Call'),
      arc: 'fail',
    },
    { name: 'no such key', message: () => sealed('none'), arc: 'fail' },
    { name: 'DNS trouble', message: () => sealed('servfail'), arc: 'temperror' },
    ...['ARC-Seal', 'ARC-Message-Signature'].flatMap((field) =>
      ['a=rsa-sha512;', 'a=;', ''].map((tag) => ({
        name: `no DNS trouble: ${tag || 'no a='} in ${field}`,
        message: async () => withAlgorithm(await sealed('servfail'), field, tag),
        arc: 'fail' as const,
      })),
    ),
  ];
  function withAlgorithm(message: string, field: string, tag: string): string {
    const changed = message.replace(
      new RegExp(`(^${field}:[^]*?)\\ba=rsa-sha256;`, 'm'),
      `$1${tag}`,
    );
    assert.notEqual(changed, message);
    return changed;
  }
  for (const { name, message, arc } of cases) {
    test(name, async () => assert.equal((await lab.authenticate(await message())).arc.result, arc));
  }
});

test('resinfo names what was checked', async () => {
  const passed = await lab.authenticate(await signed());
  assert.equal(
    passed.resinfo,
    'spf=pass smtp.mailfrom=bounces.vendor.example; dkim=pass header.d=vendor.example header.s=rsa; ' +
      'dmarc=pass header.from=vendor.example policy.dmarc=reject; arc=none',
  );
  const bounce = await lab.authenticate(notification(), {
    mailFrom: '',
    clientAddress: '203.0.113.9',
  });
  assert.equal(
    bounce.resinfo,
    'spf=fail smtp.helo=out.vendor.example; dkim=none; dmarc=fail header.from=vendor.example policy.dmarc=reject; arc=none',
  );
});

test('a large body counts to its last byte, however it comes', async () => {
  const large = notification().replace('Thank you.', 'Thank you very much.\r\n'.repeat(50_000));
  const message = Buffer.from(await signed({}, large), 'latin1');
  const pieces = Array.from({ length: Math.ceil(message.length / 50_000) }, (_, index) =>
    message.subarray(index * 50_000, (index + 1) * 50_000),
  );
  for (const chunks of [[message], pieces]) {
    const stream = () => Readable.from(chunks, { objectMode: false });
    const { dkim } = await lab.authenticate({ ...memoryContent(message), stream });
    assert.deepEqual(
      dkim.map(({ result }) => result),
      ['pass'],
    );
  }
});
