import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkSignIn } from '../../src/commands/doctor/check-sign-in.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import { startOidcProvider } from '../support/oidc-provider.ts';
import { makeCertificate } from '../support/self-signed.ts';

const plain = completeSettings({}, 'mx.test');
const consoleUrl = 'https://console.test';

async function provided(t: TestContext, given: Partial<Settings> = {}): Promise<Settings> {
  const redirectUri = `${consoleUrl}/login/oidc/callback`;
  const provider = await startOidcProvider({ accounts: {}, redirectUri });
  t.after(() => provider[Symbol.asyncDispose]());
  return {
    ...plain,
    consoleUrl,
    oidcIssuer: provider.issuer,
    oidcClientId: 'aliaswatch',
    oidcRoles: [{ value: 'soc', role: 'operator' }],
    ...given,
  };
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aliaswatch-doctor-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('no provider, or no console, is nothing to check', async (t) => {
  assert.equal(await checkSignIn(plain), null);
  assert.equal(await checkSignIn(await provided(t, { console: 'off' })), null);
});

test('a provider that answers is well', async (t) => {
  assert.equal((await checkSignIn(await provided(t)))?.status, 'ok');
});

const wrong: readonly { name: string; given: Partial<Settings>; told: RegExp }[] = [
  {
    name: 'a provider that is down',
    given: { oidcIssuer: 'http://127.0.0.1:9' },
    told: /^http:\/\/127\.0\.0\.1:9 cannot be reached/,
  },
  {
    name: 'a secret that is not there',
    given: { oidcClientSecretFile: '/nowhere/secret' },
    told: /^oidcClientSecretFile \/nowhere\/secret: there is no such file$/,
  },
  { name: 'no client', given: { oidcClientId: null }, told: /without oidcClientId/ },
  { name: 'no address to come back to', given: { consoleUrl: null }, told: /without consoleUrl/ },
  { name: 'no roles', given: { oidcRoles: [] }, told: /without oidcRoles/ },
  { name: 'a client of nobody', given: { oidcIssuer: null }, told: /without oidcIssuer/ },
  {
    name: 'no way in at all',
    given: { oidcIssuer: null, oidcClientId: null, passwordLogin: 'off' },
    told: /nobody could log in/,
  },
];
for (const { name, given, told } of wrong)
  test(`${name} is told`, async (t) => {
    const finding = await checkSignIn(await provided(t, given));
    assert.equal(finding?.status, 'failed');
    assert.match(finding.message, told);
  });

test('an empty secret, or one of several lines, is told without a byte of it', async (t) => {
  const oidcClientSecretFile = join(await folder(t), 'secret');
  for (const content of ['', ' \n', 'hush\nhush', 'h\u00fcsh']) {
    await writeFile(oidcClientSecretFile, content);
    const finding = await checkSignIn(await provided(t, { oidcClientSecretFile }));
    assert.match(finding?.message ?? '', /is empty, or holds more than one line of ASCII$/);
    assert.doesNotMatch(JSON.stringify(finding), /hush/);
  }
});

test('a certificate that nobody vouches for is told', async (t) => {
  const { certFile, keyFile } = await makeCertificate(await folder(t), 'localhost');
  const files = { cert: await readFile(certFile), key: await readFile(keyFile) };
  const server = createServer(files, (_, response) => void response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const oidcIssuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const finding = await checkSignIn(await provided(t, { oidcIssuer }));
  assert.match(finding?.message ?? '', /cannot be reached \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
});
