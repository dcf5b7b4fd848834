import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { renderFields, traceFields, verdictFields } from '../../src/action/header-fields.ts';
import { parseAuthservId } from '../../src/authentication/authserv-id.ts';
import * as sample from './samples.ts';

const verdictFacts = {
  decision: sample.decision,
  alias: 'vendor-billing',
  score: sample.score,
  ruleset: '4f1c00aa11bb',
  id: sample.id,
  mode: 'tag',
  mature: true,
} as const;

const traceFacts = {
  transaction: sample.transaction(),
  hostname: 'mx.example.test',
  authservId: 'mx.example.test',
  authentication: sample.authentication,
};

const clean = {
  ...sample.decision,
  verdict: 'clean',
  action: 'pass',
  effectiveAction: 'pass',
  reason: '',
} as const;
const tail = 'ruleset=4f1c00aa11bb; id=0123456789abcdefghij';

const verdictCases = [
  {
    name: 'mode tag: action is what the mode did',
    facts: verdictFacts,
    fields: [
      `X-Aliaswatch-Verdict: anomalous; action=tag; score=25.0; alias=vendor-billing; n=5000; mature=yes; ${tail}`,
      `X-Aliaswatch-Reason: ${sample.decision.reason}`,
    ],
  },
  {
    name: 'clean mail has a verdict and no reason',
    facts: {
      ...verdictFacts,
      decision: { ...clean, reason: 'unused' },
      score: { ...sample.score, bits: -0.04 },
    },
    fields: [
      `X-Aliaswatch-Verdict: clean; action=pass; score=0.0; alias=vendor-billing; n=5000; mature=yes; ${tail}`,
    ],
  },
  {
    name: 'learning',
    facts: {
      ...verdictFacts,
      decision: { ...clean, verdict: 'learning' },
      score: { ...sample.score, messages: 3 },
      mature: false,
    },
    fields: [
      `X-Aliaswatch-Verdict: learning; action=pass; score=25.0; alias=vendor-billing; n=3; mature=no; ${tail}`,
    ],
  },
  {
    name: 'shadow says what would have been done, without a reason',
    facts: {
      ...verdictFacts,
      mode: 'shadow',
      decision: { ...sample.decision, effectiveAction: 'pass' },
    },
    fields: [
      `X-Aliaswatch-Verdict: anomalous; action=pass; would=quarantine; mode=shadow; score=25.0; alias=vendor-billing; n=5000; mature=yes; ${tail}`,
    ],
  },
  {
    name: 'unavailable before an alias is known',
    facts: {
      ...verdictFacts,
      alias: null,
      score: null,
      decision: { ...clean, verdict: 'unavailable', failure: 'malformed' },
    },
    fields: [`X-Aliaswatch-Verdict: unavailable; cause=malformed; action=pass; ${tail}`],
  },
  {
    name: 'impersonation has no score',
    facts: {
      ...verdictFacts,
      score: null,
      decision: { ...sample.decision, verdict: 'impersonation', reason: 'fails DMARC' },
    },
    fields: [
      `X-Aliaswatch-Verdict: impersonation; action=tag; alias=vendor-billing; ${tail}`,
      'X-Aliaswatch-Reason: fails DMARC',
    ],
  },
  {
    name: 'unwatched mail has no verdict field',
    facts: {
      ...verdictFacts,
      alias: null,
      score: null,
      decision: { ...clean, verdict: 'unwatched' },
    },
    fields: [],
  },
  {
    name: 'a flagged message names its campaign, the ceiling it is past, and an open breaker',
    facts: {
      ...verdictFacts,
      decision: {
        ...sample.decision,
        reason: '',
        limit: 'newActor',
        campaign: '0c1d2e3f4a5b',
        breakerOpen: true,
      },
    },
    fields: [
      `X-Aliaswatch-Verdict: anomalous; action=tag; score=25.0; alias=vendor-billing; n=5000; mature=yes; limit=newActor; campaign=0c1d2e3f4a5b; breaker=open; ${tail}`,
    ],
  },
] as const;

for (const c of verdictCases) {
  test(`verdict fields: ${c.name}`, () => assert.deepEqual(verdictFields(c.facts), c.fields));
}

const received = (changes: object, connectionChanges: object = {}) => {
  const connection = { ...sample.connection, ...connectionChanges };
  const envelope = { ...sample.envelope, ...changes };
  return traceFields({
    ...traceFacts,
    transaction: sample.transaction({ connection, envelope }),
  })[1];
};
const by = `by mx.example.test with ESMTPS id ${sample.id}`;
const date = 'Thu, 05 Mar 2026 06:07:08 +0000';

const receivedCases = [
  {
    name: 'one recipient',
    actual: received({}),
    expected: `Received: from mail.vendor.test (mail.vendor.test [192.0.2.10]) ${by} for <ann@example.test>; ${date}`,
  },
  {
    name: 'several recipients are not disclosed',
    actual: received({ rcptTo: ['ann@example.test', 'bob@example.test'] }),
    expected: `Received: from mail.vendor.test (mail.vendor.test [192.0.2.10]) ${by}; ${date}`,
  },
  {
    name: 'no PTR, IPv6',
    actual: received(
      {},
      { clientHostname: null, clientAddress: '2001:db8::1', helo: '[IPv6:2001:db8::1]' },
    ),
    expected: `Received: from [IPv6:2001:db8::1] ([IPv6:2001:db8::1]) ${by} for <ann@example.test>; ${date}`,
  },
  {
    name: 'mapped IPv4, no HELO, plain SMTP',
    actual: received(
      {},
      { clientHostname: null, clientAddress: '::ffff:192.0.2.9', helo: '', protocol: 'SMTP' },
    ),
    expected: `Received: from unknown ([192.0.2.9]) ${by.replace('ESMTPS', 'SMTP')} for <ann@example.test>; ${date}`,
  },
  {
    name: 'SMTPUTF8 has its own keyword, and an address that is not ASCII is left out',
    actual: received({ mailParameters: 'BODY=8BITMIME SMTPUTF8', rcptTo: ['änn@example.test'] }),
    expected: `Received: from mail.vendor.test (mail.vendor.test [192.0.2.10]) ${by.replace('ESMTPS', 'UTF8SMTPS')}; ${date}`,
  },
  {
    name: 'HELO cannot forge a clause',
    actual: received({}, { helo: 'a (good.test [198.51.100.1]) by mx.example.test; x\r\nX: y' }),
    expected: `Received: from a??good.test?[198.51.100.1]??by?mx.example.test??x??X:?y (mail.vendor.test [192.0.2.10]) ${by} for <ann@example.test>; ${date}`,
  },
];

for (const c of receivedCases)
  test(`Received: ${c.name}`, () => assert.equal(c.actual, c.expected));

test('Authentication-Results stands above Received and names the server', () => {
  const [results, trace] = traceFields(traceFacts);
  assert.equal(
    results,
    'Authentication-Results: mx.example.test; spf=pass smtp.mailfrom=vendor.test; dmarc=fail header.from=vendor.test',
  );
  assert.match(trace!, /^Received: /);
});

test('an authserv-id that is no token is quoted', () => {
  const [results] = traceFields({ ...traceFacts, authservId: 'mx "one"; spf=pass' });
  assert.equal(
    parseAuthservId(results!.slice('Authentication-Results:'.length)),
    'mx one; spf=pass',
  );
});

test('200 signatures cannot push the DMARC result out of the field', () => {
  const signatures = 'dkim=pass header.d=attacker.test; '.repeat(200);
  const resinfo = `${signatures}dmarc=fail header.from=vendor.test`;
  const [results] = traceFields({
    ...traceFacts,
    authentication: { ...sample.authentication, resinfo },
  });
  assert.equal(
    results,
    'Authentication-Results: mx.example.test; spf=pass smtp.mailfrom=vendor.test; dmarc=fail header.from=vendor.test; arc=none',
  );
});

test('fields are folded at spaces and end in CRLF', () => {
  assert.equal(
    renderFields([...verdictFields(verdictFacts), ...traceFields(traceFacts)]).toString(),
    [
      'X-Aliaswatch-Verdict: anomalous; action=tag; score=25.0;',
      ' alias=vendor-billing; n=5000; mature=yes; ruleset=4f1c00aa11bb;',
      ' id=0123456789abcdefghij',
      'X-Aliaswatch-Reason: phone +1 802-555-0100 in the subject (never in 5,000',
      ' messages) +13.0; prior and the rest -2.0',
      'Authentication-Results: mx.example.test; spf=pass smtp.mailfrom=vendor.test;',
      ' dmarc=fail header.from=vendor.test',
      'Received: from mail.vendor.test (mail.vendor.test [192.0.2.10]) by',
      ' mx.example.test with ESMTPS id 0123456789abcdefghij for <ann@example.test>;',
      ' Thu, 05 Mar 2026 06:07:08 +0000',
      '',
    ].join('\r\n'),
  );
});

const reasonCases = [
  {
    name: 'text that is not ASCII',
    reason: 'Zähler 電話 +13.0 für die Zähler',
    shown: 'Zähler 電話 +13.0 für die Zähler',
  },
  {
    name: 'emoji over many encoded words',
    reason: `a ${'📞'.repeat(60)} b`,
    shown: `a ${'📞'.repeat(60)} b`,
  },
  {
    name: 'a forged encoded word stays text',
    reason: 'see =?utf-8?q?paid?= now',
    shown: 'see =?utf-8?q?paid?= now',
  },
  {
    name: 'line breaks, also Unicode ones, are spaces',
    reason: 'a\r\nX-Evil: b\u2028c\u0085d',
    shown: 'a X-Evil: b c d',
  },
  {
    name: 'invisible and reversing characters are shown as such',
    reason: 'a\u202eb\u200bc\u0007',
    shown: 'a\ufffdb\ufffdc\ufffd',
  },
  { name: 'half a character', reason: 'a\ud83d b', shown: 'a\ufffd b' },
  { name: 'endless text is cut', reason: 'é'.repeat(5000), shown: `${'é'.repeat(1000)}…` },
];

for (const c of reasonCases) {
  test(`reason read back by a mail parser: ${c.name}`, async () => {
    const fields = verdictFields({
      ...verdictFacts,
      decision: { ...sample.decision, reason: c.reason },
    });
    // The parser decodes the subject, which is unstructured text like ours.
    const asSubject = renderFields(fields).toString().replace('X-Aliaswatch-Reason', 'Subject');
    const { headers } = await simpleParser(`${asSubject}\r\nbody\r\n`);
    assert.equal(headers.get('subject'), c.shown);
    assert.equal(headers.size, 2);
  });
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.stringMatching(/^[\r\n\t :;()"\\=?a-c\u0000\u0085\u2028é]{0,200}$/),
  fc.string({ unit: fc.constant('x'), minLength: 2000, maxLength: 20_000 }),
);

/** RFC 5322 §2.2: the names of the fields, or a failure where the bytes are no header block. */
function fieldNames(rendered: Buffer): string[] {
  const text = rendered.toString('latin1');
  assert.match(text, /^[\r\n -~]*$/);
  const lines = text.split('\r\n');
  assert.equal(lines.pop(), '');
  assert.ok(
    lines.every((line) => line.length <= 998 && line.trim() !== '' && !/[\r\n]/.test(line)),
  );
  return lines
    .filter((line) => !line.startsWith(' '))
    .map((line) => line.slice(0, line.indexOf(':')));
}

test('whatever a client or a message says, our fields stay our fields', () => {
  fc.assert(
    fc.property(
      fc.array(anyText, { minLength: 9, maxLength: 9 }),
      ([a, b, c, d, e, f, g, h, i]) => {
        const connection = {
          ...sample.connection,
          helo: a!,
          clientHostname: b!,
          clientAddress: c!,
        };
        const transaction = sample.transaction({
          connection,
          envelope: { ...sample.envelope, rcptTo: [d!] },
          id: e!,
        });
        const authentication = { ...sample.authentication, resinfo: f! };
        const decision = { ...sample.decision, reason: g! };
        const rendered = renderFields([
          ...verdictFields({ ...verdictFacts, decision, alias: h!, ruleset: i! }),
          ...traceFields({ ...traceFacts, transaction, authentication, authservId: i! }),
        ]);
        const expected = [
          'X-Aliaswatch-Verdict',
          'X-Aliaswatch-Reason',
          'Authentication-Results',
          'Received',
        ];
        assert.deepEqual(
          fieldNames(rendered),
          g === '' ? expected.filter((name) => !name.endsWith('Reason')) : expected,
        );
        assert.ok(rendered.length < 64 * 1024);
      },
    ),
  );
});

test('rendering alone keeps every field one field', () => {
  fc.assert(
    fc.property(fc.array(anyText), (bodies) => {
      const names = bodies.map((_, index) => `X-${index}`);
      assert.deepEqual(
        fieldNames(renderFields(bodies.map((body, index) => `X-${index}: ${body}`))),
        names,
      );
    }),
  );
});

test('an empty field is no empty line', () => {
  assert.equal(renderFields(['', '\r\n', 'A: b']).toString(), 'A: b\r\n');
});
