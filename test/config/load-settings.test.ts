import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  formatSettingProblem,
  loadSettings,
  type SettingSources,
} from '../../src/config/load-settings.ts';
import { describeSettings, type Settings } from '../../src/config/settings.ts';
import { shippedRules } from './rule-directory.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aliaswatch-settings-'));
});
after(() => rm(folder, { recursive: true }));

type Given = Partial<Omit<SettingSources, 'file'>> & { readonly yaml?: string };

async function load({ yaml, environment = {}, flags = {}, hostname = 'mx.test' }: Given) {
  const path = join(folder, 'aliaswatch.yaml');
  if (yaml !== undefined) await writeFile(path, yaml);
  return loadSettings({
    file: yaml === undefined ? null : { path, mustExist: true },
    environment,
    flags,
    hostname,
  });
}

async function settingsOf(given: Given): Promise<Settings> {
  const loading = await load(given);
  if (!loading.ok) throw new Error(loading.problems.map(formatSettingProblem).join('\n'));
  return loading.settings;
}

async function problemsOf(given: Given): Promise<readonly string[]> {
  const loading = await load(given);
  return loading.ok
    ? []
    : loading.problems.map((problem) => formatSettingProblem(problem).replaceAll(`${folder}/`, ''));
}

test('defaults', async () => {
  assert.deepEqual(await settingsOf({}), {
    listen: { host: '0.0.0.0', port: 2525 },
    nextHop: null,
    milterListen: null,
    console: 'http',
    consoleHosts: [],
    consoleTrustedProxies: [],
    consoleTlsCertFile: null,
    consoleTlsKeyFile: null,
    operatorsFile: null,
    passwordLogin: 'on',
    consoleUrl: null,
    oidcIssuer: null,
    oidcClientId: null,
    oidcClientSecretFile: null,
    oidcScopes: 'openid email profile',
    oidcRoleClaim: 'groups',
    oidcRoles: [],
    oidcNameClaim: 'email',
    oidcSessionMinutes: 240,
    nextHopProtocol: 'smtp',
    nextHopTls: 'opportunistic',
    nextHopTlsCaFile: null,
    nextHopTlsName: null,
    clientIdentity: 'auto',
    arcDomain: null,
    arcSelector: null,
    arcKeyFile: null,
    quarantineStore: null,
    quarantineS3Endpoint: null,
    quarantineS3Region: null,
    quarantineS3Addressing: 'auto',
    quarantineTimeoutMs: 10_000,
    quarantineKeyFile: null,
    tlsCertFile: null,
    tlsKeyFile: null,
    proxyPeers: [],
    xclientPeers: [],
    trustedRelays: [],
    http: { host: '127.0.0.1', port: 8025 },
    stateDir: './state',
    store: 'sqlite:state/baselines.db',
    dns: [],
    mode: null,
    rulesDir: shippedRules,
    hostname: 'mx.test',
    authservId: 'mx.test',
    contactUrl: '',
    noticeMode: 'immediate',
    noticeTo: [],
    noticeRecipients: 'none',
    noticeFrom: { name: 'Aliaswatch', address: 'aliaswatch@mx.test' },
    noticeLanguage: { everybody: 'en', domains: {} },
    digestHour: 7,
    digestEveryHours: 24,
    publicUrl: null,
    publicListen: { host: '127.0.0.1', port: 8026 },
    publicTrustedProxies: [],
    recipientRelease: 'request',
    noticeLinkDays: 14,
    maxMessageBytes: 52_428_800,
    maxRecipients: 1000,
    workers: 1,
    maxSessions: 500,
    maxSessionsPerAddress: 50,
    connectionsPerMinute: 300,
    messagesPerMinute: 600,
    exempt: ['127.0.0.0/8', '::1/128'],
    clientIdleMs: 300_000,
    minDataBytesPerSecond: 500,
    dataGraceMs: 180_000,
    bareLineEndings: 'reject',
    maxErrors: 20,
    maxHeaderBytes: 262_144,
    maxReceivedFields: 100,
    maxOwnHops: 3,
    spoolMemoryBytes: 262_144,
    maxSpoolBytes: 1_073_741_824,
    maxQuarantineBytes: 10_737_418_240,
    quarantineDays: 30,
    quarantineExpiry: 'release-tagged',
    quarantineBinDays: 14,
    analysisDeadlineMs: 5000,
    dnsTimeoutMs: 1500,
    storeTimeoutMs: 150,
    organizationValues: 50_000,
    organizationSample: 10,
    relayDeadlineMs: 300_000,
    drainMs: 30_000,
    logFormat: 'json',
    logLevel: 'info',
  });
});

describe('defaults that follow', () => {
  test('the store lies in the state directory', async () => {
    assert.equal(
      (await settingsOf({ flags: { stateDir: '/var/lib/aliaswatch' } })).store,
      'sqlite:/var/lib/aliaswatch/baselines.db',
    );
  });
  test('the authserv-id is the host name', async () => {
    assert.equal(
      (await settingsOf({ flags: { hostname: 'mx1.example' } })).authservId,
      'mx1.example',
    );
  });
});

describe('precedence: defaults < file < environment < flags', () => {
  const yaml = 'listen: 127.0.0.1:1\nnextHop: file:1\nhttp: file:1\nmaxRecipients: 7\n';
  const environment = { ALIASWATCH_NEXT_HOP: 'environment:2', ALIASWATCH_HTTP: 'environment:2' };
  const flags = { http: 'flag:3', mode: undefined };
  const expected = {
    listen: '127.0.0.1:1',
    nextHop: 'environment:2',
    http: 'flag:3',
    maxRecipients: 7,
    maxSessions: 500,
  };
  for (const [key, value] of Object.entries(expected)) {
    test(`${key} = ${value}`, async () => {
      const described = describeSettings(await settingsOf({ yaml, environment, flags }));
      assert.equal(described[key], value);
    });
  }
});

describe('forms', () => {
  const cases: readonly { name: string; given: Given; key: keyof Settings; is: unknown }[] = [
    {
      name: 'a number as text',
      given: { environment: { ALIASWATCH_MAX_SESSIONS: '12' } },
      key: 'maxSessions',
      is: 12,
    },
    {
      name: 'an empty variable is none',
      given: { environment: { ALIASWATCH_MAX_SESSIONS: '' } },
      key: 'maxSessions',
      is: 500,
    },
    {
      name: 'the next hop has port 25',
      given: { flags: { nextHop: 'mta.example' } },
      key: 'nextHop',
      is: [{ host: 'mta.example', port: 25 }],
    },
    {
      name: 'the console beside metrics',
      given: { flags: { console: 'off' } },
      key: 'console',
      is: 'off',
    },
    {
      name: 'the console at an address of its own',
      given: { flags: { console: '[::1]:8443' } },
      key: 'console',
      is: { host: '::1', port: 8443 },
    },
    {
      name: 'resolvers as text',
      given: { flags: { dns: '127.0.0.1:5353,[::1]' } },
      key: 'dns',
      is: [
        { host: '127.0.0.1', port: 5353 },
        { host: '::1', port: 53 },
      ],
    },
    {
      name: 'resolvers as list',
      given: { yaml: 'dns: [192.0.2.1]\n' },
      key: 'dns',
      is: [{ host: '192.0.2.1', port: 53 }],
    },
    {
      name: 'address ranges as text',
      given: { environment: { ALIASWATCH_EXEMPT: '192.0.2.0/24, 2001:db8::/32,198.51.100.7' } },
      key: 'exempt',
      is: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'],
    },
    { name: 'nobody is exempt', given: { yaml: 'exempt: []\n' }, key: 'exempt', is: [] },
    { name: 'an empty file', given: { yaml: '# nothing yet\n' }, key: 'maxSessions', is: 500 },
    {
      name: 'options that are no settings',
      given: { flags: { json: true, config: 'x.yaml' } },
      key: 'maxSessions',
      is: 500,
    },
    {
      name: 'variables of others',
      given: { environment: { PATH: '/bin', ALIASWATCHER: 'x' } },
      key: 'maxSessions',
      is: 500,
    },
    {
      name: 'variables of Kubernetes',
      given: {
        environment: {
          ALIASWATCH_SERVICE_HOST: '10.0.0.1',
          ALIASWATCH_PORT: 'tcp://10.0.0.1:25',
          ALIASWATCH_PORT_25_TCP: 'x',
        },
      },
      key: 'maxSessions',
      is: 500,
    },
    {
      name: 'the variable of the tests',
      given: { environment: { ALIASWATCH_CORPORA: '/x', ALIASWATCH_CONFIG: 'y' } },
      key: 'maxSessions',
      is: 500,
    },
    {
      name: 'sqlite',
      given: { flags: { store: 'sqlite:/tmp/x.db' } },
      key: 'store',
      is: 'sqlite:/tmp/x.db',
    },
    {
      name: 'redis',
      given: { flags: { store: 'redis://127.0.0.1:6379/2' } },
      key: 'store',
      is: 'redis://127.0.0.1:6379/2',
    },
    {
      name: 'redis over TLS',
      given: { flags: { store: 'rediss://user:word@redis.example' } },
      key: 'store',
      is: 'rediss://user:word@redis.example',
    },
    {
      name: 'redis cluster',
      given: { flags: { store: 'redis-cluster://a:1,b:2' } },
      key: 'store',
      is: 'redis-cluster://a:1,b:2',
    },
    {
      name: 'contact',
      given: { flags: { contactUrl: 'mailto:postmaster@example.com' } },
      key: 'contactUrl',
      is: 'mailto:postmaster@example.com',
    },
    { name: 'mode', given: { flags: { mode: 'enforce' } }, key: 'mode', is: 'enforce' },
    { name: 'no drain', given: { flags: { drainMs: 0 } }, key: 'drainMs', is: 0 },
  ];
  for (const { name, given, key, is } of cases) {
    test(name, async () => assert.deepEqual((await settingsOf(given))[key], is));
  }
});

describe('problems name their place', () => {
  const cases: readonly { name: string; given: Given; are: readonly string[] }[] = [
    {
      name: 'flag',
      given: { flags: { nextHop: '::1' } },
      are: ['--next-hop: `::1` needs brackets around the IPv6 address: [::1]:25'],
    },
    {
      name: 'environment',
      given: { environment: { ALIASWATCH_MAX_MESSAGE_BYTES: '50MB' } },
      are: ['ALIASWATCH_MAX_MESSAGE_BYTES: `50MB` is not a whole number'],
    },
    {
      name: 'file',
      given: { yaml: 'http: 127.0.0.1:8025\nlisten: 2525\n' },
      are: ['aliaswatch.yaml:2:9: `2525` is not text\n  put it in quotes: "2525"'],
    },
    {
      name: 'unknown key',
      given: { yaml: 'next-hop: mta:25\n' },
      are: ['aliaswatch.yaml:1:1: unknown key `next-hop`\n  did you mean `nextHop`?'],
    },
    {
      name: 'unknown variable',
      given: { environment: { ALIASWATCH_NEXTHOP: 'mta' } },
      are: ['ALIASWATCH_NEXTHOP: there is no such setting\n  did you mean ALIASWATCH_NEXT_HOP?'],
    },
    {
      name: 'out of bounds',
      given: { flags: { maxSessions: '0' } },
      are: ['--max-sessions: `0` is too small: at least 1'],
    },
    {
      name: 'mode',
      given: { flags: { mode: 'enforced' } },
      are: ['--mode: `enforced` is not known here\n  did you mean `enforce`?'],
    },
    {
      name: 'host name',
      given: { flags: { hostname: 'mx_1.example' } },
      are: ['--hostname: `mx_1.example` is not a host name'],
    },
    {
      name: 'contact',
      given: { flags: { contactUrl: 'javascript:alert(1)' } },
      are: ['--contact-url: `javascript:alert(1)` is not an http, https or mailto address'],
    },
    {
      name: 'store',
      given: { flags: { store: 'postgres://x' } },
      are: [
        '--store: this is not the location of a store: write sqlite:PATH, redis://…, redis-cluster://… or redis-sentinel://… (rediss… for TLS)',
      ],
    },
    {
      name: 'store without a file',
      given: { flags: { store: 'sqlite:' } },
      are: ['--store: the location of the store names no file: write sqlite:PATH'],
    },
    {
      name: 'resolver',
      given: { flags: { dns: '127.0.0.1,x:y' } },
      are: ['--dns: `x:y` is not HOST:PORT'],
    },
    {
      name: 'address range',
      given: { flags: { exempt: '10.0.0.0/8,10.0.0.0/33' } },
      are: ['--exempt: `10.0.0.0/33` is not an IP address or range (192.0.2.0/24)'],
    },
    {
      name: 'a file that is a list',
      given: { yaml: '- listen\n' },
      are: ['aliaswatch.yaml:1:1: a list is not a mapping (`key: value`)'],
    },
    {
      name: 'a file that is no YAML',
      given: { yaml: 'listen: [\n' },
      are: [
        'aliaswatch.yaml:2:1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]\n  indent it like the lines beside it, and close every bracket above it',
      ],
    },
    {
      name: 'all of them at once',
      given: {
        yaml: 'listen: nowhere\n',
        environment: { ALIASWATCH_HTTP: 'x:y' },
        flags: { logLevel: 'loud' },
      },
      are: [
        'aliaswatch.yaml:1:9: `nowhere` has no port: write HOST:PORT',
        'ALIASWATCH_HTTP: `x:y` is not HOST:PORT',
        '--log-level: `loud` is not known here\n  one of: fatal, error, warn, info, debug, trace, silent',
      ],
    },
  ];
  for (const { name, given, are } of cases)
    test(name, async () => assert.deepEqual(await problemsOf(given), are));

  test('a wrong value in the file is a problem even where a flag overrides it', async () => {
    assert.equal(
      (await problemsOf({ yaml: 'listen: nowhere\n', flags: { listen: 'x:1' } })).length,
      1,
    );
  });
});

describe('the file', () => {
  const absent = () => ({
    path: join(folder, 'absent.yaml'),
    environment: {},
    flags: {},
    hostname: 'mx.test',
  });
  test('that was named must exist', async () => {
    const loading = await loadSettings({
      ...absent(),
      file: { path: absent().path, mustExist: true },
    });
    assert.equal(!loading.ok && loading.problems[0]?.message, 'there is no such file');
  });
  test('that is only usual may be absent', async () => {
    assert.ok(
      (await loadSettings({ ...absent(), file: { path: absent().path, mustExist: false } })).ok,
    );
  });
});

describe('secrets stay out of what is shown', () => {
  const stores = [
    { store: 'redis://user:topsecret@redis.example:6379/0', is: 'redis://redis.example:6379/0' },
    { store: 'redis-cluster://:topsecret@a:1,b:2', is: 'redis-cluster://a:1,b:2' },
    {
      store: 'rediss-sentinel://:topsecret@a:1,b:2/mail/3?sentinel=x:topsecret',
      is: 'rediss-sentinel://a:1,b:2/mail/3',
    },
    { store: 'sqlite:/var/lib/a.db', is: 'sqlite:/var/lib/a.db' },
  ];
  for (const { store, is } of stores) {
    test(is, async () =>
      assert.equal(describeSettings(await settingsOf({ flags: { store } }))['store'], is),
    );
  }
  test('and out of problems', async () => {
    for (const store of [
      'redis://user:topsecret@',
      'mysql://user:topsecret@host',
      'redis://a:topsecret@b,c',
      'redis-cluster://x:topsecret@a:b',
    ]) {
      const problems = await problemsOf({ flags: { store } });
      assert.equal(problems.length, 1, store);
      assert.doesNotMatch(problems.join(), /topsecret/);
    }
  });
});
