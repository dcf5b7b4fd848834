import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DkimSignature } from '../../src/authentication/results.ts';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import { readHeader } from '../../src/message/header.ts';
import type { SignalId } from '../../src/features/signals.ts';
import { featuresOf, mailBytes, type MailText } from '../support/messages.ts';

type Case = {
  readonly name: string;
  readonly mail: MailText;
  readonly signal: SignalId;
  readonly expected: readonly string[];
};

const cases: readonly Case[] = [
  {
    name: 'a phone in the subject',
    mail: { subject: 'call 802 538 3069' },
    signal: 'phone',
    expected: ['+18025383069'],
  },
  {
    name: 'a phone in the display name',
    mail: { from: '"Desk 802 538 3069" <no-reply@vendor.example>' },
    signal: 'phone',
    expected: ['+18025383069'],
  },
  {
    name: 'one phone in two places',
    mail: { subject: '802 538 3069', body: 'call 8O2 538 3O69' },
    signal: 'phone',
    expected: ['+18025383069'],
  },
  { name: 'no phone', mail: {}, signal: 'phone', expected: [] },
  {
    name: 'phone and amount in the subject',
    mail: { subject: 'USD 498.95 call 802 538 3069' },
    signal: 'subject-class',
    expected: ['phone', 'currency'],
  },
  {
    name: 'an address in the subject',
    mail: { subject: 'go to https://evil.example/' },
    signal: 'subject-class',
    expected: ['address'],
  },
  {
    name: 'a wide gap in the subject',
    mail: { subject: 'Pay now.          account code' },
    signal: 'subject-class',
    expected: ['gap'],
  },
  {
    name: 'letters of two scripts in the subject',
    mail: { subject: '=?utf-8?B?cNCweXBhbA==?=' },
    signal: 'subject-class',
    expected: ['scripts'],
  },
  {
    name: 'an ordinary subject',
    mail: { subject: 'Contoso account verification code' },
    signal: 'subject-class',
    expected: [],
  },
  {
    name: 'lure words in the display name',
    mail: { from: '"Bitcoin refund" <no-reply@vendor.example>' },
    signal: 'display-name-class',
    expected: ['lure'],
  },
  {
    name: 'tags written as text',
    mail: { body: 'Device: <div><h2>Locked</h2></div>' },
    signal: 'body-class',
    expected: ['markup'],
  },
  {
    name: 'a foreign link',
    mail: {
      html: '<a href="https://evil.example.com/x">x</a><a href="https://id.vendor.example/">y</a>',
    },
    signal: 'link',
    expected: ['example.com'],
  },
  {
    name: 'its top-level domain',
    mail: { html: '<a href="https://evil.com/x">x</a>' },
    signal: 'link-tld',
    expected: ['.com'],
  },
  {
    name: 'a domain in the text',
    mail: { body: 'Details at evil.com now' },
    signal: 'bare-domain',
    expected: ['evil.com'],
  },
  {
    name: 'a freemail address in the text is the mailbox',
    mail: { body: 'write to Jo.Doe@gmail.com' },
    signal: 'mail-domain',
    expected: ['jo.doe@gmail.com'],
  },
  {
    name: "the vendor's own address in the text",
    mail: { body: 'write to help@vendor.example' },
    signal: 'mail-domain',
    expected: [],
  },
  {
    name: 'a foreign Reply-To',
    mail: { fields: ['Reply-To: x@evil.com'] },
    signal: 'reply-to',
    expected: ['evil.com'],
  },
  {
    name: 'a freemail Reply-To',
    mail: { fields: ['Reply-To: x@gmail.com'] },
    signal: 'reply-to',
    expected: ['x@gmail.com'],
  },
  {
    name: "the vendor's own Reply-To",
    mail: { fields: ['Reply-To: x@mail.vendor.example'] },
    signal: 'reply-to',
    expected: [],
  },
  {
    name: 'a path shape',
    mail: { html: '<a href="https://vendor.example/view/77">x</a>' },
    signal: 'path-shape',
    expected: ['vendor.example/view/N'],
  },
];
for (const { name, mail, signal, expected } of cases) {
  test(`${signal}: ${name}`, async () => {
    const { sightings } = await featuresOf(mail);
    assert.deepEqual(
      sightings.filter((sighting) => sighting.signal === signal).map(({ value }) => value),
      expected,
    );
  });
}

const signature: DkimSignature = {
  result: 'pass',
  domain: 'vendor.example',
  selector: 's1',
  aligned: true,
  signedAtSeconds: Date.parse('2026-11-20T10:00:00Z') / 1000,
  expiresAtSeconds: null,
  coversWholeBody: false,
  signedFields: ['from', 'subject'],
  signatureHash: 'abc',
};
const signed = {
  ...assumeAuthenticated(readHeader(mailBytes())),
  dkim: [signature],
  spf: { result: 'fail', domain: 'relay.example' } as const,
};

test('sending path: network, MAIL FROM with SRS unwrapped, SPF, key, what is not signed', async () => {
  const { sightings, signatureHash, hasPath } = await featuresOf(
    {},
    {
      authentication: signed,
      envelope: { mailFrom: 'SRS0=hhh=tt=vendor.example=bounce@forwarder.example' },
    },
  );
  const of = (name: SignalId) =>
    sightings.filter(({ signal }) => signal === name).map(({ value }) => value);
  assert.equal(hasPath, true);
  assert.equal(signatureHash, 'abc');
  assert.deepEqual(of('network'), ['192.0.2.0/24']);
  assert.deepEqual(of('mail-from'), ['vendor.example']);
  assert.deepEqual(of('spf'), ['spf fail elsewhere']);
  assert.deepEqual(of('selector'), ['vendor.example s1']);
  assert.deepEqual(of('unsigned-fields'), [
    'unsigned to',
    'unsigned date',
    'unsigned end of the body',
  ]);
});

const coverings = [
  {
    name: 'a second subject above the signed one',
    fields: ['Subject: Refund'],
    signedFields: ['from', 'to', 'subject', 'date'],
    gaps: ['added subject'],
  },
  {
    name: 'a second subject is covered where it was signed twice',
    fields: ['Subject: Refund'],
    signedFields: ['from', 'from', 'to', 'subject', 'subject', 'date'],
    gaps: [],
  },
  {
    name: 'a field that is signed once more than it is there',
    fields: [],
    signedFields: ['from', 'from', 'to', 'to', 'subject', 'subject', 'date', 'date', 'reply-to'],
    gaps: [],
  },
  {
    name: 'answers redirected beside the signature',
    fields: ['Reply-To: help@other.example'],
    signedFields: ['from', 'to', 'subject', 'date'],
    gaps: ['unsigned reply-to'],
  },
];
for (const { name, fields, signedFields, gaps } of coverings) {
  test(`what the signature covers: ${name}`, async () => {
    const dkim = [{ ...signature, signedFields, coversWholeBody: true }];
    const { sightings } = await featuresOf({ fields }, { authentication: { ...signed, dkim } });
    assert.deepEqual(
      sightings.filter(({ signal }) => signal === 'unsigned-fields').map(({ value }) => value),
      gaps,
    );
  });
}

test('a signature whose x= has passed is older than any age', async () => {
  const levelOf = async (expiresAt: string) => {
    const expiresAtSeconds = Date.parse(expiresAt) / 1000;
    const dkim = [{ ...signature, result: 'neutral' as const, expiresAtSeconds }];
    const { levels } = await featuresOf({}, { authentication: { ...signed, dkim } });
    return levels.find(({ signal }) => signal === 'signature-age');
  };
  const expired = await levelOf('2026-11-22T09:00:00Z');
  assert.equal(expired?.level, 5);
  assert.match(expired.shown, /expired/);
  assert.ok(((await levelOf('2026-11-22T11:00:00Z'))?.level ?? 5) < 5);
});

const ages = [
  { name: 'fresh', signedAt: '2026-11-22T09:59:00Z', level: 0 },
  { name: 'hours old', signedAt: '2026-11-22T05:00:00Z', level: 1 },
  { name: 'two days old', signedAt: '2026-11-20T09:00:00Z', level: 3 },
  { name: 'weeks old', signedAt: '2026-11-01T09:00:00Z', level: 4 },
];
for (const { name, signedAt, level } of ages) {
  test(`signature age: ${name}`, async () => {
    const dkim = [{ ...signature, signedAtSeconds: Date.parse(signedAt) / 1000 }];
    const { levels } = await featuresOf({}, { authentication: { ...signed, dkim } });
    assert.equal(levels.find((reading) => reading.signal === 'signature-age')?.level, level);
  });
}

test('a recipient that the header does not name', async () => {
  const named = await featuresOf({});
  const unnamed = await featuresOf({}, { envelope: { rcptTo: ['eve@site.example'] } });
  const level = (features: typeof named) =>
    features.levels.find((reading) => reading.signal === 'recipient-mismatch')?.level;
  assert.deepEqual([level(named), level(unnamed)], [0, 1]);
});

test('an archive has no sending path, and none is invented', async () => {
  const features = await featuresOf({}, { connection: { clientAddress: '' } });
  assert.equal(features.hasPath, false);
  assert.equal(features.signatureHash, null);
  assert.deepEqual(features.levels, []);
  assert.ok(
    features.sightings.every(
      ({ table }) => !['network', 'mail-from', 'selector', 'recipient'].includes(table),
    ),
  );
});

test('recipients appear only as pseudonyms', async () => {
  const features = await featuresOf({}, { envelope: { rcptTo: ['jo@site.example'] } });
  assert.doesNotMatch(JSON.stringify(features.recipients), /jo|site/);
  assert.doesNotMatch(
    JSON.stringify(features.sightings.filter(({ table }) => table === 'recipient')),
    /jo@|site\.example/,
  );
});

test('a message with a thousand of everything stays bounded', async () => {
  const many = Array.from(
    { length: 1000 },
    (_, index) =>
      `<p>call 802 538 ${3000 + index} or see https://d${index}.com/x and f${index}.net or a@g${index}.org</p>`,
  ).join('');
  const features = await featuresOf({ html: many });
  assert.ok(features.sightings.length <= 500, String(features.sightings.length));
  assert.ok(features.sentences.length <= 200);
  assert.ok(features.commonWords.length <= 240);
});

test('what stands behind thousands of words is read', async () => {
  const { commonWords, sentences } = await featuresOf({
    body: `${`${'lorem ipsum dolor sit '.repeat(50)}\r\n`.repeat(60)}Call the support desk for a refund.`,
  });
  assert.deepEqual(
    commonWords.map(({ value }) => value),
    ['the', 'for'],
  );
  assert.ok((commonWords[0]?.position ?? 0) > 2000);
  assert.deepEqual(
    sentences.map(({ hits }) => hits.map(({ word }) => word)),
    [['call', 'support desk', 'refund']],
  );
});

test('a number is asked for an amount of money close to it', async () => {
  const amounts = async (body: string) =>
    (await featuresOf({ body })).contactContexts.map(({ namesAmount }) => namesAmount);
  assert.deepEqual(await amounts('We charged 499.00 USD. Call 802 538 3069.'), [true]);
  assert.deepEqual(await amounts('Call 802 538 3069 about the $499.'), [true]);
  assert.deepEqual(await amounts(`We charged 499.00 USD.\r\n${'x '.repeat(100)}802 538 3069`), [
    false,
  ]);
  assert.deepEqual(await amounts('Total: $499\r\n\r\nNote: call 802 538 3069.'), [false]);
  assert.deepEqual(await amounts('Version 12.30 is out. Call 802 538 3069.'), [false]);
});
