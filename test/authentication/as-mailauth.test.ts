import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { authenticate, sealMessage } from 'mailauth';
import { interpretReport } from '../../src/authentication/interpret.ts';
import { asResolver } from '../../src/authentication/resolver.ts';
import {
  ed25519Key,
  generateRsaKey,
  rsaKey,
  signMessage,
  type SignOptions,
} from '../support/dkim-keys.ts';
import { vendorZone } from '../support/zone.ts';
import { notification, openLab, type Lab } from './lab.ts';

/**
 * Our order of the library's checks, and what is remembered between messages, change no result: whatever came before,
 * each message gets what one call of `mailauth.authenticate` says of it.
 */
const weakKey = generateRsaKey(512);
const zone = {
  ...vendorZone('vendor.example'),
  ...vendorZone('strict.example', { dmarc: 'v=DMARC1; p=quarantine; adkim=s; aspf=s; sp=none' }),
  ...vendorZone('mail.strict.example', { dmarc: 'unrelated text' }),
  ...vendorZone('forwarder.example'),
  'weak._domainkey.vendor.example': { TXT: [weakKey.record] },
  'personal.vendor.example': { TXT: ['v=spf1 exists:%{l}.friends.vendor.example -all'] },
  'anna.friends.vendor.example': { A: ['127.0.0.2'] },
  'broken.vendor.example': { fault: 'servfail' },
} as const;

const authors = [
  'service@vendor.example',
  'Service <other@vendor.example>',
  'news@deep.below.vendor.example',
  'a@strict.example',
  'a@mail.strict.example',
  'a@unknown.example',
  'a@vendor.example, b@strict.example',
  'Staff: a@vendor.example, b@vendor.example;',
  'nobody',
];
const signers: readonly (readonly SignOptions[])[] = [
  [],
  [{ domain: 'vendor.example', selector: 'rsa' }],
  [{ domain: 'vendor.example', selector: 'ed', key: ed25519Key }],
  [{ domain: 'vendor.example', selector: 'weak', key: weakKey }],
  [{ domain: 'vendor.example', selector: 'missing' }],
  [{ domain: 'vendor.example', selector: 'rsa', maxBodyLength: 4 }],
  [{ domain: 'vendor.example', selector: 'rsa', key: ed25519Key }],
  [
    { domain: 'mail.strict.example', selector: 'rsa' },
    { domain: 'vendor.example', selector: 'ed', key: ed25519Key },
  ],
  [{ domain: 'strict.example', selector: 'rsa', expires: new Date('2020-01-01') }],
];
const letter = fc.record({
  author: fc.constantFrom(...authors),
  signatures: fc.constantFrom(...signers),
  body: fc.constantFrom(
    'Thank you.\r\n',
    '',
    ' \r\n\r\n',
    'a \t b\t\r\n\r\n \r\nc',
    'x'.repeat(5000),
  ),
  seals: fc.constantFrom(0, 0, 1, 2),
  tampering: fc.constantFrom('none', 'none', 'body', 'subject', 'seal'),
});
const mail = fc.record({
  letter,
  mailFrom: fc.constantFrom(
    ...['', 'bounce+1@bounces.vendor.example', 'bounce+2@bounces.vendor.example'],
    ...['anna@personal.vendor.example', 'bert@personal.vendor.example', 'a@strict.example'],
    ...['a@broken.vendor.example', 'a@unknown.example', 'unqualified'],
  ),
  helo: fc.constantFrom('out.vendor.example', 'vendor.example', '192.0.2.7', 'localhost'),
  clientAddress: fc.constantFrom('192.0.2.7', '203.0.113.9', '2001:db8::7'),
});

let lab: Lab;
before(async () => {
  lab = await openLab(zone, { maxEntries: 1000 });
});
after(() => lab[Symbol.asyncDispose]());

test('what mailauth.authenticate says of it', async () => {
  await fc.assert(
    fc.asyncProperty(mail, async ({ letter: written, ...sent }) => {
      const message = await post(written);
      assert.deepEqual(await lab.authenticate(message, sent), await saidByMailauth(message, sent));
    }),
    { numRuns: Number(process.env['ALIASWATCH_RUNS'] ?? 300) },
  );
  assert.deepEqual(lab.errors, []);
});

type Letter = typeof letter extends fc.Arbitrary<infer Value> ? Value : never;

async function post({ author, signatures, body, seals, tampering }: Letter): Promise<string> {
  let message = notification().replace('Vendor <service@vendor.example>', author);
  message = message.replace('Thank you.\r\n', body);
  for (const signature of signatures) message = await signMessage(message, signature);
  for (let instance = 1; instance <= seals; instance++) message = await seal(message, instance);
  if (tampering === 'body') return `${message}More.\r\n`;
  if (tampering === 'subject') return message.replace('receipt', 'refund');
  if (tampering === 'seal') return message.replace('; dkim=pass', '; dkim=fail');
  return message;
}

async function seal(message: string, instance: number): Promise<string> {
  const set = await sealMessage(message, {
    signingDomain: 'forwarder.example',
    selector: 'rsa',
    privateKey: rsaKey.privateKey,
    authResults: 'forwarder.example; dkim=pass',
    cv: instance === 1 ? 'none' : 'pass',
  });
  return `${set.toString('latin1')}${message}`;
}

async function saidByMailauth(
  message: string,
  sent: { readonly mailFrom: string; readonly helo: string; readonly clientAddress: string },
) {
  const report = await authenticate(Buffer.from(message, 'latin1'), {
    ip: sent.clientAddress,
    helo: sent.helo,
    sender: sent.mailFrom,
    mta: 'mx.recipient.example',
    minBitLength: 1024,
    rejectRsaSha1: true,
    disableBimi: true,
    resolver: asResolver(lab.resolver.forMessage({ deadlineMs: 5000, maxQueries: 50 })),
  });
  return interpretReport(report, sent.mailFrom === '' ? 'helo' : 'mailfrom');
}
