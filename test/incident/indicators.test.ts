import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indicatorsCsv, indicatorsStix } from '../../src/incident/indicator-formats.ts';
import { countIndicators, type Indicator } from '../../src/incident/indicators.ts';
import { readIndicators } from '../../src/incident/read-indicators.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { heldMessage, prefix } from '../quarantine/samples.ts';

const first = '2026-03-05T06:07:08.000Z';
const later = '2026-03-05T07:07:08.000Z';

function kept(text: string, heldAt = first) {
  const body = Buffer.from(text.replaceAll('\n', '\r\n'));
  const content = memoryContent(Buffer.concat([prefix, body]));
  return { held: heldMessage({ heldAt, sizeBytes: body.length }), content };
}

const lure = `From: Billing <billing@vendor.test>
Reply-To: help@answer.example
Subject: Call +1 802 538 3069 about your order
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<a href="https://pay.lure.example/x">Pay</a> <a href="https://www.vendor.test/">Vendor</a> or visit lure2.com
--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

aGVsbG8=
--b--
`;

test('what leads a reader away, and hashes; what is the vendor’s own is left out', async () => {
  const { values } = await readIndicators(kept(lure), new Set(['vendor.test']));
  const found = Object.groupBy(values, ({ kind }) => kind);
  const valuesOf = (kind: Indicator['kind']) => found[kind]?.map(({ value }) => value) ?? [];
  assert.deepEqual(valuesOf('domain'), ['lure.example', 'lure2.com']);
  assert.deepEqual(valuesOf('phone'), ['+18025383069']);
  assert.deepEqual(valuesOf('reply-to'), ['help@answer.example']);
  // printf hello | sha256sum
  assert.deepEqual(valuesOf('attachment-sha256'), [
    '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  ]);
  assert.equal(valuesOf('message-sha256').length, 1);
});

test('the hash is that of the message as it was received, without our fields on top', async () => {
  const [with_, without] = await Promise.all(
    [prefix, Buffer.alloc(0)].map((head) => {
      const body = Buffer.from('Subject: x\r\n\r\ny\r\n');
      const held = heldMessage({ sizeBytes: body.length });
      return readIndicators(
        { held, content: memoryContent(Buffer.concat([head, body])) },
        new Set(),
      );
    }),
  );
  assert.deepEqual(with_, without);
});

test('each value once, with how many messages carry it and when', async () => {
  const shown = await Promise.all([
    readIndicators(kept(lure, later), new Set()),
    readIndicators(kept(lure.replace('lure2.com', ''), first), new Set()),
  ]);
  const counted = countIndicators(shown).filter(({ kind }) => kind === 'domain');
  assert.deepEqual(
    counted.map(({ value, messages, firstSeen, lastSeen }) => [
      value,
      messages,
      firstSeen,
      lastSeen,
    ]),
    [
      ['lure.example', 2, first, later],
      ['vendor.test', 2, first, later],
      ['lure2.com', 1, later, later],
    ],
  );
});

const hostile: readonly Indicator[] = [
  {
    kind: 'reply-to',
    value: `=cmd|'/c x'!a0@lure.example`,
    messages: 1,
    firstSeen: first,
    lastSeen: first,
  },
  {
    kind: 'reply-to',
    value: 'a","b\\@lure.example',
    messages: 1,
    firstSeen: first,
    lastSeen: first,
  },
  { kind: 'phone', value: '+18025383069', messages: 3, firstSeen: first, lastSeen: later },
];

test('CSV: nothing is a formula, nothing breaks out of its cell', () => {
  assert.equal(
    indicatorsCsv(hostile),
    [
      'kind,value,messages,first_seen,last_seen',
      `reply-to,'=cmd|'/c x'!a0@lure.example,1,${first},${first}`,
      `reply-to,"a"",""b\\@lure.example",1,${first},${first}`,
      `phone,+18025383069,3,${first},${later}`,
      '',
    ].join('\r\n'),
  );
});

test('STIX: patterns stay patterns', () => {
  const { type, objects } = JSON.parse(indicatorsStix(hostile, new Date(later))) as {
    type: string;
    objects: { type: string; pattern: string; valid_from: string }[];
  };
  assert.equal(type, 'bundle');
  assert.deepEqual(
    objects.map(({ type: kind, pattern, valid_from }) => [kind, pattern, valid_from]),
    [
      ['indicator', `[email-addr:value = '=cmd|\\'/c x\\'!a0@lure.example']`, first],
      ['indicator', `[email-addr:value = 'a","b\\\\@lure.example']`, first],
    ],
  );
});
