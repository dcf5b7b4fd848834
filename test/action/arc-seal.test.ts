import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { arcSet, SealFailure } from '../../src/action/arc-seal.ts';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { openLab } from '../authentication/lab.ts';
import { arcVerify } from '../support/arc-verify.ts';
import { ed25519Key, generateRsaKey, rsaKey } from '../support/dkim-keys.ts';
import { requirePythonModule } from '../support/installed.ts';

const other = generateRsaKey(2048);
const zone: Zone = {
  'arc._domainkey.gateway.example': { TXT: [rsaKey.record] },
  'arc._domainkey.forwarder.example': { TXT: [other.record] },
};
const gateway = { domain: 'gateway.example', selector: 'arc', privateKey: rsaKey.privateKey };
const forwarder = { domain: 'forwarder.example', selector: 'arc', privateKey: other.privateKey };
const lab = await openLab(zone);
after(() => lab[Symbol.asyncDispose]());

const results =
  'Authentication-Results: mx.gateway.example; spf=pass smtp.mailfrom=vendor.example;\r\n dkim=pass header.d=vendor.example; dmarc=pass header.from=vendor.example\r\n';
const prefix = Buffer.from(`X-Aliaswatch-Verdict: anomalous\r\n${results}Received: by mx\r\n`);
const message =
  'DKIM-Signature: v=1; a=rsa-sha256; d=vendor.example; b=xxxx\r\nFrom: Vendor <a@vendor.example>\r\nTo: jo@example.test\r\nSubject: Notice\r\n\r\nHello\r\n\r\n';

type Sealed = { readonly set: string; readonly bytes: Buffer };

async function seal(content: string | Buffer, by = gateway): Promise<Sealed | null> {
  const bytes = Buffer.from(content);
  const { arc } = await lab.authenticate(memoryContent(bytes));
  const toSeal = { prefix, content: memoryContent(bytes), arc, signTime: new Date() };
  const set = await arcSet(toSeal, by);
  return set && { set: set.toString('latin1'), bytes: Buffer.concat([set, prefix, bytes]) };
}

const bodies = [
  { name: 'plain', content: message },
  { name: 'without a body', content: message.replace(/\r\n\r\n[^]*$/, '\r\n\r\n') },
  { name: 'empty lines and white space', content: `${message}a \t b  \r\n\r\n\r\n` },
  { name: 'UTF-8 in fields', content: message.replace('Notice', 'Bestätigung') },
  { name: 'Latin-1 in fields', content: Buffer.from(message.replace('Notice', 'é ü'), 'latin1') },
  { name: 'folded fields', content: message.replace('Notice', '\r\n folded\r\n\ttwice') },
  { name: '4 MB', content: message + `${'0123456789'.repeat(7)}\r\n`.repeat(56_000) },
];

suite('dkimpy agrees', { skip: requirePythonModule('dkim', 'python3-dkim') }, () => {
  for (const { name, content } of bodies) {
    test(`a first set, ${name}: passes, and not once a byte has changed`, async () => {
      const sealed = await seal(content);
      assert.ok(sealed);
      const verdict = await arcVerify(sealed.bytes, lab.server.address);
      assert.equal(verdict.result, 'pass', verdict.reason);
      assert.deepEqual(verdict.sets, [
        { instance: 1, cv: 'none', messageSignature: true, seal: true },
      ]);
      const text = sealed.bytes.toString('latin1').replace(/^From: Vendor/m, 'From: Somebody');
      const changed = await arcVerify(Buffer.from(text, 'latin1'), lab.server.address);
      assert.equal(changed.result, 'fail');
    });
  }

  test('a chain that came with the message goes on, and passes here too', async () => {
    const first = await seal(message, forwarder);
    assert.ok(first);
    const second = await seal(first.bytes);
    assert.ok(second);
    assert.match(second.set, /^ARC-Seal: i=2; [^]*cv=pass/);
    const verdict = await arcVerify(second.bytes, lab.server.address);
    assert.equal(verdict.result, 'pass', verdict.reason);
    assert.deepEqual(
      verdict.sets.map(({ instance, cv, seal: isValid }) => [instance, cv, isValid]),
      [
        [2, 'pass', true],
        [1, 'none', true],
      ],
    );
    assert.equal((await lab.authenticate(memoryContent(second.bytes))).arc.result, 'pass');
  });

  test('a chain that was broken on the way is sealed as such, and ends there', async () => {
    const first = await seal(message, forwarder);
    assert.ok(first);
    const broken = first.bytes.toString('latin1').replace('Hello', 'Hallo');
    const second = await seal(broken);
    assert.ok(second);
    assert.match(second.set, /^ARC-Seal: i=2; [^]*cv=fail/);
    const { reason } = await arcVerify(second.bytes, lab.server.address);
    assert.match(reason, /ARC-Seal\[2\] reported failure, the chain is terminated/);
    assert.equal(await seal(second.bytes), null, 'RFC 8617 section 5.1 step 2');
  });
});

test('the results of the message as it came are passed on word by word', async () => {
  const sealed = await seal(message);
  const field = /ARC-Authentication-Results: i=1; ([^]*)$/.exec(sealed?.set ?? '');
  assert.equal(`Authentication-Results: ${field?.[1] ?? ''}`, results);
});

test('a chain that nobody validated is not continued', async () => {
  const first = await seal(message, forwarder);
  assert.ok(first);
  const content = memoryContent(first.bytes);
  const arc = { result: 'none' } as const;
  assert.equal(await arcSet({ prefix, content, arc, signTime: new Date() }, gateway), null);
});

test('what cannot be signed is a failure that says why', async () => {
  const wrongKey = { ...gateway, privateKey: ed25519Key.privateKey };
  const folds = message.replace('Notice', ' x\r\n'.repeat(6000));
  await assert.rejects(seal(message, wrongKey), SealFailure);
  await assert.rejects(seal(folds), SealFailure);
});
