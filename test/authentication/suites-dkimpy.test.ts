import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { createTransport } from 'nodemailer';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { debianPython, requirePythonModule } from '../support/installed.ts';
import { ed25519Key, rsaKey, signMessage, type DkimKey } from '../support/dkim-keys.ts';
import { notification, openLab } from './lab.ts';

// DKIM against a second implementation (dkimpy), in both directions.

const domain = 'vendor.example';
const zone: Zone = {
  [`rsa._domainkey.${domain}`]: { TXT: [rsaKey.record] },
  [`ed._domainkey.${domain}`]: { TXT: [ed25519Key.record] },
};

/** Messages whose canonical forms differ from what they look like. */
const messages: readonly { readonly name: string; readonly message: string }[] = [
  { name: 'plain', message: notification() },
  { name: 'no body', message: notification().replace(/\r\n\r\n[^]*$/, '\r\n\r\n') },
  { name: 'empty lines at the end', message: `${notification()}\r\n\r\n\r\n` },
  {
    name: 'white space at line ends and inside',
    message: `${notification()}a \t b  \r\n \t\r\n.\r\n`,
  },
  {
    name: 'folded and odd fields',
    message: notification().replace('Subject: ', 'Subject:\r\n\t  folded \t twice\r\n '),
  },
  { name: '8-bit', message: `${notification()}gr\u00fc\u00dfe \u00e9\r\n` },
];

const keys = [
  { selector: 'rsa', key: rsaKey },
  { selector: 'ed', key: ed25519Key },
];

const cases = keys.flatMap(({ selector, key }) =>
  messages.map(({ name, message }) => ({ name: `${selector}, ${name}`, selector, key, message })),
);

function withOtherDate(signed: string): string {
  const changed = signed.replace(/^Date: Sun/m, 'Date: Mon');
  assert.notEqual(changed, signed);
  return changed;
}

suite('dkimpy agrees', { skip: requirePythonModule('dkim', 'python3-dkim') }, () => {
  test('signed here, verified there', async () => {
    const signed = await Promise.all(
      cases.map(async ({ selector, key, message }) => {
        const utf8 = await signMessage(message, { domain, selector, key });
        return Buffer.from(utf8).toString('latin1'); // the bytes that were signed are its UTF-8 form
      }),
    );
    const records = cases.map(({ key }) => key.record);
    const given = await verifyThere(signed, records);
    const changed = await verifyThere(signed.map(withOtherDate), records);
    assert.deepEqual(named(given), named(cases.map(() => true)));
    assert.deepEqual(named(changed), named(cases.map(() => false)));
  });

  test('signed there, verified here', async () => {
    await using lab = await openLab(zone);
    const signed = await signThere(cases);
    const verify = async (message: string): Promise<readonly string[]> => {
      const { dkim } = await lab.authenticate(message);
      return dkim.map(({ result, selector }) => `${result} ${selector}`);
    };
    const given = await Promise.all(signed.map(verify));
    const changed = await Promise.all(signed.map(withOtherDate).map(verify));
    assert.deepEqual(named(given), named(cases.map(({ selector }) => [`pass ${selector}`])));
    assert.deepEqual(named(changed), named(cases.map(({ selector }) => [`fail ${selector}`])));
  });

  test('signed by nodemailer, verified there and here', async () => {
    const transport = createTransport({
      streamTransport: true,
      buffer: true,
      newline: 'windows',
      dkim: { domainName: domain, keySelector: 'rsa', privateKey: rsaKey.privateKey },
    });
    const { message } = await transport.sendMail({
      from: `Vendor <service@${domain}>`,
      to: 'a@recipient.example',
      subject: 'Ihre Quittung \u00fcber 5 \u20ac',
      text: '.dots\r\n\r\n..and gr\u00fc\u00dfe  \r\n\r\n',
      html: '<p>gr\u00fc\u00dfe</p>',
    });
    assert.ok(Buffer.isBuffer(message));
    const signed = message.toString('latin1');
    assert.deepEqual(await verifyThere([signed], [rsaKey.record]), [true]);
    await using lab = await openLab(zone);
    const results = await lab.authenticate(signed);
    assert.deepEqual(
      results.dkim.map(({ result }) => result),
      ['pass'],
    );
  });
});

/** By the name of its case, so that a difference says which one it is. */
function named(outcomes: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(cases.map(({ name }, index) => [name, outcomes[index]]));
}

// Messages travel as JSON strings of one character per byte; Python reads them back as latin-1.
const verifyProgram = `
import sys, json, dkim
def verify(message, record):
    return bool(dkim.verify(message.encode('latin-1'), dnsfunc=lambda name, timeout=5: record.encode()))
print(json.dumps([verify(*job) for job in json.load(sys.stdin)]))
`;

const signProgram = `
import sys, json, dkim
def sign(message, selector, domain, algorithm, key):
    bytes = message.encode('latin-1')
    signature = dkim.sign(bytes, selector.encode(), domain.encode(), key.encode(),
        canonicalize=(b'relaxed', b'relaxed'), signature_algorithm=algorithm.encode(),
        include_headers=[b'from', b'to', b'subject', b'date'])
    return (signature + bytes).decode('latin-1')
print(json.dumps([sign(*job) for job in json.load(sys.stdin)]))
`;

async function verifyThere(
  signed: readonly string[],
  records: readonly string[],
): Promise<readonly unknown[]> {
  return python(
    verifyProgram,
    signed.map((message, index) => [message, records[index]]),
  );
}

async function signThere(toSign: typeof cases): Promise<readonly string[]> {
  const jobs = toSign.map(({ message, selector, key }) =>
    selector === 'rsa'
      ? [message, selector, domain, 'rsa-sha256', key.privateKey]
      : [message, selector, domain, 'ed25519-sha256', seedOf(key)],
  );
  return (await python(signProgram, jobs)) as string[];
}

/** dkimpy takes an Ed25519 key as its bare seed: the last 32 bytes of the PKCS #8 form (RFC 8410). */
function seedOf({ privateKey }: DkimKey): string {
  const der = Buffer.from(privateKey.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  return der.subarray(-32).toString('base64');
}

async function python(program: string, jobs: readonly unknown[]): Promise<readonly unknown[]> {
  const child = spawn(debianPython, ['-c', program]);
  const exited = once(child, 'exit');
  child.stdin.end(JSON.stringify(jobs));
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  assert.equal(complaints, '');
  return JSON.parse(output) as unknown[];
}
