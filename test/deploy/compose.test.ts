import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Ajv, type AnySchema } from 'ajv';
import { closingMs, endWithinMs } from '../../src/commands/serve/closing-time.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { openShell } from '../commands/shell.ts';
import { interpolated, networksOf, readComposeFile, root } from './compose-file.ts';

const run = promisify(execFile);
const shell = await openShell();
const compose = await readComposeFile();
const { services } = compose;
const { aliaswatch, postfix, simulator } = services;
assert.ok(aliaswatch && postfix && simulator);
const environment = Object.fromEntries(
  Object.entries(aliaswatch.environment ?? {}).map(([name, value]) => [name, interpolated(value)]),
);

describe('docker-compose.yml', () => {
  test('has nothing that the linter objects to', async () => {
    await run(process.execPath, [
      join(root, 'node_modules/dclint/bin/dclint.cjs'),
      '--max-warnings=0',
      join(root, 'docker-compose.yml'),
    ]);
  });

  test('is valid by the schema of the Compose Specification', async () => {
    const text = await readFile(new URL('fixtures/compose-spec.json', import.meta.url), 'utf8');
    const validate = new Ajv({
      strict: false,
      validateSchema: false,
      validateFormats: false,
    }).compile(JSON.parse(text) as AnySchema);
    assert.ok(validate(compose), JSON.stringify(validate.errors));
    const misspelled = { ...compose, services: { x: { imaeg: 'y' } } };
    assert.equal(validate(misspelled), false, 'an unknown key is seen');
  });

  test('mounts and builds only what is in the tree', async () => {
    const mounts = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const builds = Object.values(services).flatMap(({ build }) => (build ? [build.context] : []));
    for (const source of [...mounts.filter((it) => it.startsWith('.')), ...builds])
      await access(join(root, source));
    for (const { build } of Object.values(services))
      if (build) await access(join(root, build.context, 'Dockerfile'));
    const named = mounts.filter((it) => !it.startsWith('.'));
    assert.deepEqual(
      named.filter((it) => !(it in compose.volumes)),
      [],
    );
    assert.deepEqual(
      Object.keys(compose.volumes).filter((it) => !named.includes(it)),
      [],
    );
  });

  test('gives settings that we have, and that are valid', async () => {
    const loading = await loadSettings({ file: null, environment, flags: {}, hostname: 'x' });
    assert.ok(loading.ok, JSON.stringify(loading));
    assert.equal(loading.settings.clientIdentity, 'xclient');
    assert.deepEqual(loading.settings.dns, [], 'an empty variable is none');
  });

  test('leaves a stopping gateway longer than it drains', async () => {
    const loading = await loadSettings({ file: null, environment, flags: {}, hostname: 'x' });
    assert.ok(loading.ok, JSON.stringify(loading));
    const grace = /^(\d+)s$/.exec(aliaswatch.stop_grace_period ?? '')?.[1];
    assert.ok(Number(grace) * 1000 > endWithinMs(loading.settings) + closingMs);
  });

  test('has no way to the mail server but through us', () => {
    assert.equal(postfix.ports, undefined);
    assert.deepEqual(networksOf(postfix), ['back']);
    assert.equal(compose.networks['back']?.internal, true);
    const onBack = Object.keys(services).filter((it) => networksOf(services[it]!).includes('back'));
    assert.deepEqual(onBack, ['aliaswatch', 'postfix', 'valkey']);
    assert.deepEqual(networksOf(simulator), ['front']);
  });

  test('has a mail server that believes us alone about who the client is', async () => {
    const mainCf = await readFile(join(root, 'deploy/postfix/container/main.cf'), 'utf8');
    const peers = /^smtpd_authorized_xclient_hosts = (.*)$/m.exec(mainCf)?.[1];
    const { networks } = aliaswatch;
    assert.ok(networks && 'back' in networks);
    assert.equal(peers, networks['back'].ipv4_address);
    assert.match(mainCf, /^mynetworks = 127\.0\.0\.0\/8$/m);
  });

  test('starts whether or not store and mail server are healthy', () => {
    const conditions = Object.values(aliaswatch.depends_on ?? {}).map((it) => it.condition);
    assert.deepEqual(conditions, ['service_started', 'service_started']);
  });

  test('publishes only mail beyond this machine', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports.map(interpolated));
    const beyond = published.filter((it) => !it.startsWith('127.0.0.1:'));
    assert.deepEqual(beyond, ['0.0.0.0:25:2525']);
  });

  test('holds no secret', async () => {
    const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');
    assert.doesNotMatch(text, /password: |PASSWORD: |PASSWORD=/i);
    const used = Object.values(services).flatMap(({ secrets = [] }) => secrets);
    assert.deepEqual([...used].sort(), Object.keys(compose.secrets).sort());
    for (const { file } of Object.values(compose.secrets))
      assert.match(file, /^deploy\/secrets\//, 'which git ignores');
    const { stdout } = await run('git', ['check-ignore', 'deploy/secrets/quarantine-key'], {
      cwd: root,
    });
    assert.match(stdout, /quarantine-key/);
  });

  for (const [name, service] of Object.entries(services))
    test(`gives ${name} no more than it needs`, () => {
      assert.equal(service.read_only, true);
      assert.deepEqual(service.cap_drop, ['ALL']);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
      if (name !== 'postfix') assert.equal(service.cap_add, undefined);
      if (service.image !== undefined) assert.match(service.image, /:v?\d+\.\d+[.\w-]*$/);
    });

  test('simulates with a command that exists', async () => {
    assert.deepEqual(simulator.profiles, ['simulate']);
    const [command = '', ...flags] = simulator.command ?? [];
    const { stdout, code } = await shell.run([command, '--help']);
    assert.equal(code, 0);
    for (const flag of flags) assert.ok(stdout.includes(flag.split('=')[0] ?? ''), flag);
    const known = /^[^/]*$/m;
    assert.match(flags.find((it) => it.startsWith('--rcpt=')) ?? '', known);
    const mailboxes = await readFile(join(root, 'deploy/postfix/container/mailboxes'), 'utf8');
    for (const recipient of flags.join().match(/\w+@[\w.]+/g) ?? [])
      assert.ok(mailboxes.includes(`${recipient} `), recipient);
  });
});
