import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findStartUpWarnings } from '../../src/commands/serve/start-up-warnings.ts';
import { completeSettings } from '../../src/config/settings.ts';
import { makeCertificate } from '../support/self-signed.ts';
import { freePort } from '../support/smtp-ports.ts';
import { openShell, outcomeOf } from './shell.ts';

const shell = await openShell();
const { path } = shell;
const usual = ['serve', '--next-hop', '127.0.0.1:1', '--listen', '127.0.0.1:0'];
const free = [...usual, '--http', '127.0.0.1:0'];

before(async () => {
  await writeFile(path('a-file'), 'not a directory\n');
  await writeFile(path('garbage.pem'), 'garbage\n');
  await writeFile(path('short.keys'), 'abcd\n');
  await writeFile(path('operators.yaml'), 'operators: [{ name: anna }]\n');
  await writeFile(path('damaged.db'), 'this is no database, and long enough to be taken for one\n');
  await mkdir(path('odd-state'));
  await writeFile(path('odd-state/quarantine'), 'in the way\n');
});

type Row = {
  readonly name: string;
  readonly args: readonly string[];
  readonly says: readonly RegExp[];
  readonly code?: number;
};

const rows: readonly Row[] = [
  {
    name: 'workers that could not share a store',
    args: ['--workers', '2', '--store', 'sqlite::memory:'],
    says: [/--workers: sqlite::memory: is in the memory of one process/],
  },
  {
    name: 'milter that would have to change line endings',
    args: ['--milter-listen', '127.0.0.1:0', '--bare-line-endings', 'normalize'],
    says: [/--milter-listen: bareLineEndings: normalize cannot be had with milterListen/],
  },
  {
    name: 'certificate that is not there',
    args: ['--tls-cert-file', path('nope.pem')],
    says: [/--tls-cert-file: the certificate \S+nope\.pem .*no such file/],
  },
  {
    name: 'certificate that is none',
    args: ['--tls-cert-file', path('garbage.pem')],
    says: [/--tls-cert-file: the certificate \S+ with key \S+ cannot be used/],
  },
  {
    name: 'key without a certificate',
    args: ['--tls-key-file', path('garbage.pem')],
    says: [/--tls-cert-file: tlsKeyFile is given without tlsCertFile/],
  },
  {
    name: "certificate for a console that has the metrics' address",
    args: ['--console-tls-cert-file', path('garbage.pem')],
    says: [/--console-tls-cert-file: .*set console to HOST:PORT/],
  },
  {
    name: "authorities of the next hop's certificate",
    args: ['--next-hop-tls', 'verified', '--next-hop-tls-ca-file', path('nope.pem')],
    says: [/--next-hop-tls-ca-file: .*nope\.pem/],
  },
  {
    name: 'ARC without a key',
    args: ['--arc-domain', 'example.com'],
    says: [/--arc-key-file: arcDomain, arcSelector and arcKeyFile belong together/],
  },
  {
    name: 'keys of the quarantine',
    args: ['--quarantine-key-file', path('short.keys')],
    says: [/--quarantine-key-file: .*short\.keys/, /openssl rand -hex 32/],
  },
  {
    name: 'provider without roles',
    args: ['--oidc-issuer', 'https://login.example.com', '--oidc-client-id', 'x'],
    says: [/--oidc-issuer: oidcIssuer is given without consoleUrl/],
  },
  {
    name: 'operators that cannot be read',
    args: ['--operators-file', path('operators.yaml')],
    says: [/--operators-file: \S+operators\.yaml:1:/],
  },
  {
    name: 'held mail that would go untold',
    args: ['--quarantine-expiry', 'delete'],
    says: [/--quarantine-expiry: .*noticeTo/],
  },
  {
    name: 'state directory below a file',
    args: ['--state-dir', path('a-file/state')],
    says: [
      /--state-dir: \S+a-file\/state cannot be made: \S+a-file cannot be written: it is no dir/,
    ],
  },
  {
    name: 'quarantine that is a file',
    args: ['--state-dir', path('odd-state')],
    says: [/--state-dir: the quarantine \S+ cannot be written: it is no directory\n +give it to/],
  },
  {
    name: 'store in a directory that is not there',
    args: ['--store', `sqlite:${path('no/such.db')}`],
    says: [/--store: .*there is no directory \S+\/no\n/],
  },
  {
    name: 'store that is no database',
    args: ['--store', `sqlite:${path('damaged.db')}`],
    says: [/--store: .*damaged\.db/],
  },
  {
    name: 'two listeners on one address',
    args: ['--listen', '127.0.0.1:9911', '--http', '0.0.0.0:9911'],
    says: [/--http: 0\.0\.0\.0:9911 is that of listen already\n +give it a port of its own/],
  },
  {
    name: 'next hop that is ourselves',
    args: ['--listen', '0.0.0.0:9912', '--next-hop', '127.0.0.1:9912'],
    says: [/--next-hop: 127\.0\.0\.1:9912 is ourselves: .*\n +let the mail server/],
  },
  {
    name: 'address of another machine',
    args: ['--http', '192.0.2.1:8025'],
    says: [/--http: 192\.0\.2\.1:8025: this machine has no such address/],
  },
];

describe('start-up is refused', () => {
  for (const { name, args, says, code = 1 } of rows)
    test(name, async () => {
      const names = await readdir(shell.directory);
      const outcome = await shell.run([...free, ...args]);
      assert.equal(outcome.code, code, outcome.stderr);
      assert.match(outcome.stderr, /^error: serve cannot start/);
      assert.doesNotMatch(outcome.stderr, /\n +at |abcd/);
      for (const sentence of says) assert.match(outcome.stderr, sentence);
      assert.deepEqual(await readdir(shell.directory), names, 'nothing is written');
    });

  test('for everything at once: settings, ports, files, places and rules', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
    await mkdir(path('rules'));
    await writeFile(path('rules/policy.yaml'), 'mode: sometimes\n');
    const { code, stderr } = await shell.run([
      ...usual,
      ...['--http', address, '--mode', 'strict', '--tls-cert-file', path('nope.pem')],
      ...['--state-dir', path('a-file/state'), '--rules', path('rules')],
    ]);
    taken.close();
    assert.equal(code, 2);
    const places = [...stderr.matchAll(/^(?:--[a-z-]+|\S+policy\.yaml:1:7): /gm)].map(([it]) => it);
    assert.deepEqual(places.slice(0, 4), [
      '--mode: ',
      '--http: ',
      '--tls-cert-file: ',
      '--state-dir: ',
    ]);
    assert.match(stderr, /policy\.yaml:1:7: /);
    assert.match(stderr, /^error: serve cannot start: \d+ problems\n/);
  });

  test('but a faulty setting does not bring up others that it explains', async () => {
    const { stderr } = await shell.run([...free, '--state-dir', '', '--mode', 'strict']);
    assert.match(stderr, /^error: serve cannot start: 2 problems\n--state-dir: .*\n--mode: /);
  });

  test(
    'without the rights of root',
    { skip: process.getuid?.() !== 0 && 'needs root' },
    async () => {
      const nobody = 65534;
      const place = await mkdtemp(join(tmpdir(), 'aliaswatch-rights-'));
      after(() => rm(place, { recursive: true, force: true }));
      await chmod(place, 0o755);
      await mkdir(join(place, 'state'));
      await chown(join(place, 'state'), nobody, nobody);
      await mkdir(join(place, 'state/quarantine'), { mode: 0o700 });
      await writeFile(join(place, 'state/baselines.db-review'), '', { mode: 0o600 });
      const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
      const args = [main, ...free, '--state-dir', join(place, 'state')];
      const child = spawn(process.execPath, args, {
        cwd: place,
        env: { HOME: place },
        uid: nobody,
        gid: nobody,
      });
      const { code, stderr } = await outcomeOf(child);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /state\/baselines\.db-review cannot be read and written\n +give it to/);
      assert.match(stderr, /the quarantine \S+ cannot be written: permission denied/);
    },
  );
});

describe('start-up warns', () => {
  const warnings = (given: Parameters<typeof completeSettings>[0]) =>
    findStartUpWarnings(completeSettings({ stateDir: path('state'), ...given }, 'here.test'));
  const public8025 = { host: '0.0.0.0', port: 8025 };

  test('not of the defaults', async () => assert.deepEqual(await warnings({}), []));

  test('of a store that does not answer: mail does not wait for it', async () => {
    const port = await freePort();
    const [only, ...others] = await warnings({ store: `redis://:topsecret@127.0.0.1:${port}/0` });
    assert.deepEqual(others, []);
    assert.match(
      only ?? '',
      /^the store redis:\/\/127\.0\.0\.1:\d+\S* does not answer \(.*\): until/,
    );
    assert.doesNotMatch(only ?? '', /topsecret/);
  });

  test('of a console beyond this machine without login and without TLS', async () => {
    const found = await warnings({ http: public8025 });
    assert.equal(found.length, 2);
    assert.match(found[0] ?? '', /0\.0\.0\.0:8025.*nobody can log in: add an operator/);
    assert.match(found[1] ?? '', /in the clear: set consoleTlsCertFile/);
  });

  test('of metrics beyond this machine', async () => {
    const found = await warnings({ http: public8025, console: 'off' });
    assert.match(found.join(), /^metrics and health are on 0\.0\.0\.0:8025, for everybody/);
  });

  test('of peers that are everybody', async () => {
    const found = await warnings({ xclientPeers: ['0.0.0.0/0'], proxyPeers: ['192.0.2.0/24'] });
    assert.match(found.join(), /^xclientPeers covers all addresses/);
  });

  test('not of a console with its own certificate and an operator', async () => {
    const certificate = await makeCertificate(shell.directory, 'here.test');
    await writeFile(path('two.yaml'), 'operators: []\n');
    const found = await warnings({
      console: { host: '0.0.0.0', port: 8443 },
      consoleTlsCertFile: certificate.certFile,
      operatorsFile: path('two.yaml'),
    });
    assert.match(found.join(), /^the console is on 0\.0\.0\.0:8443, .*nobody can log in/);
  });
});
