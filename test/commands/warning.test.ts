import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { checkWarning } from '../../src/commands/doctor/check-warning.ts';
import type { Finding } from '../../src/commands/doctor/finding.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort } from '../../src/config/host-port.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import { generateRsaKey } from '../support/dkim-keys.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const key = generateRsaKey(2048);
const dns = await startZoneServer(
  {
    'good._domainkey.gateway.test': { TXT: [key.record] },
    'other._domainkey.gateway.test': { TXT: [generateRsaKey(2048).record] },
  },
  { host: '127.0.0.1', port: 0 },
);
after(() => dns[Symbol.asyncDispose]());

const arcKeyFile = shell.path('arc.pem');
await writeFile(arcKeyFile, key.privateKey, { mode: 0o600 });

/** The shipped rules with another section `warning`. */
async function rulesWith(name: string, banner: boolean, subjectTag: string): Promise<string> {
  const directory = shell.path(name);
  await cp('rules', directory, { recursive: true });
  const policy = await readFile('rules/policy.yaml', 'utf8');
  const changed = policy
    .replace('\n  banner: false\n', `\n  banner: ${banner}\n`)
    .replace("\n  subjectTag: ''\n", `\n  subjectTag: "${subjectTag}"\n`);
  await writeFile(`${directory}/policy.yaml`, changed);
  return directory;
}

const off = await rulesWith('off', false, '');
const banner = await rulesWith('banner', true, '');
const both = await rulesWith('both', true, '[Suspicious]');

async function examine(settings: Partial<Settings>): Promise<Finding | null> {
  const resolver = parseHostPort(dns.address);
  assert.ok(resolver.ok);
  const complete = completeSettings({ dns: [resolver.value] }, 'gateway.test');
  return checkWarning({ ...complete, ...settings });
}

const arc = { arcDomain: 'gateway.test', arcSelector: 'good', arcKeyFile };

describe('rules check', () => {
  test('a banner without an ARC key is valid, with a warning', async () => {
    const { code, stdout, stderr } = await shell.run(['rules', 'check', banner]);
    assert.equal(code, 0);
    assert.match(stdout, /: valid, version /);
    assert.match(
      stderr,
      /policy\.yaml:1:1: warning: warning\.banner breaks .* DKIM .*\n.*--arc-domain/,
    );
  });
  test('with a key, or switched off, there is none', async () => {
    const settings = shell.path('sealed.yaml');
    await writeFile(
      settings,
      `arcDomain: gateway.test\narcSelector: good\narcKeyFile: ${arcKeyFile}\n`,
    );
    for (const args of [[both, '--config', settings], [off]]) {
      const { json } = await shell.runJson(['rules', 'check', ...args]);
      assert.deepEqual([json['ok'], json['warnings']], [true, []]);
    }
  });
});

describe('doctor', () => {
  test('says nothing where nothing is switched on', async () => {
    assert.equal(await examine({ rulesDir: off }), null);
  });
  test('warns of a banner and a subject tag without a key', async () => {
    const found = await examine({ rulesDir: both });
    assert.equal(found?.status, 'warning');
    assert.match(found.message, /warning\.banner and warning\.subjectTag break/);
  });
  test('finds our key where verifiers look for it', async () => {
    const found = await examine({ rulesDir: both, ...arc });
    assert.equal(found?.status, 'ok');
    assert.match(found.message, /good\._domainkey\.gateway\.test has our key/);
  });
  for (const [arcSelector, says] of [
    ['other', /another key than ours/],
    ['absent', /cannot be read: ENOTFOUND/],
  ] as const) {
    test(`fails, with the record to publish, where it is ${arcSelector}`, async () => {
      const found = await examine({ rulesDir: both, ...arc, arcSelector });
      assert.equal(found?.status, 'failed');
      assert.match(found.message, says);
      assert.ok(found.advice[0]?.endsWith(`as TXT: ${key.record}`));
    });
  }
  test('fails where the settings are not complete, or the file is no key', async () => {
    for (const wrong of [{ arcDomain: null }, { arcKeyFile: 'package.json' }]) {
      const found = await examine({ rulesDir: both, ...arc, ...wrong });
      assert.equal(found?.status, 'failed');
    }
  });
});
