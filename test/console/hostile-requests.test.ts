import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { localNext } from '../../src/console/local-next.ts';
import { localPath } from '../../src/console/html.ts';
import { heldMessage } from '../quarantine/samples.ts';
import {
  ask,
  form,
  loggedIn,
  openBrowser,
  password,
  startSite,
  type Site,
} from './console-site.ts';
import { recordingReview } from './recording-review.ts';

describe('who is on this machine', () => {
  const open = (t: Parameters<typeof startSite>[0]) => startSite(t, { operators: null });
  const notLocal: readonly { name: string; headers: Readonly<Record<string, string>> }[] = [
    { name: 'by the name of the console', headers: { host: 'console.test' } },
    ...[
      'forwarded',
      'via',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-real-ip',
    ].map((field) => ({
      name: `through a proxy that sets ${field}`,
      headers: { [field]: '127.0.0.1' },
    })),
  ];
  for (const { name, headers } of notLocal)
    test(`not ${name}`, async (t) => {
      const site = await open(t);
      const given = { host: `127.0.0.1:${site.port}`, ...headers };
      assert.equal((await ask(site, { path: '/access', headers: given })).status, 303);
      assert.equal((await ask(site, { path: '/api/v1/overview', headers: given })).status, 401);
      const login = await ask(site, { path: '/login', headers: given });
      assert.match(login.body, /There is no operator yet/);
    });
  test('not through a proxy of the oldest kind', async (t) => {
    const site = await open(t);
    const socket = connect(site.port, '127.0.0.1');
    socket.write('GET /access HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n');
    assert.match(await text(socket), /^HTTP\/1\.1 303 /);
  });
  test('not while proxies are trusted', async (t) => {
    const site = await startSite(t, {
      operators: null,
      client: { trustedProxies: ['192.0.2.0/24'] },
    });
    assert.equal((await ask(site, { path: '/access' })).status, 303);
  });
});

const foreignHosts = [
  'evil.example',
  'evil.example:8025',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'localhost@evil.example',
  'console.test.',
  'console.test/../x',
  'console.test evil.example',
  '127.0.0.2',
  '0x7f000001',
  '2130706433',
  '[::2]',
  '"><script>alert(1)</script>',
];

for (const host of foreignHosts)
  test(`not our name: ${host}`, async (t) => {
    const site = await startSite(t, { operators: null });
    for (const path of ['/access', '/login', '/api/v1/overview', '/assets/console.css']) {
      const { status, body } = await ask(site, { path, headers: { host } });
      assert.ok([400, 421].includes(status), `${path} ${status}`);
      assert.doesNotMatch(body, /evil|script/);
    }
  });

test('no name at all, or two of them', async (t) => {
  const site = await startSite(t, { operators: null });
  for (const fields of ['Host:\r\n', '', 'Host: localhost\r\nHost: evil.example\r\n']) {
    const socket = connect(site.port, '127.0.0.1');
    socket.write(`GET /access HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`);
    assert.match(await text(socket), /^HTTP\/1\.1 4(?:00|21) /);
  }
});

test('a forged X-Forwarded-Host is nobody’s word, and a foreign one of a proxy is refused', async (t) => {
  const plain = await startSite(t);
  const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  const answer = await ask(plain, { path: '/login', headers: forwarded });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['strict-transport-security'], undefined);
  assert.doesNotMatch(answer.body + JSON.stringify(answer.headers), /evil/);
  const proxied = await startSite(t, { client: { trustedProxies: ['127.0.0.0/8'] } });
  assert.equal((await ask(proxied, { path: '/login', headers: forwarded })).status, 421);
});

const foreignTargets = [
  'https://evil.example/',
  '//evil.example/',
  '///evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e%2e//evil.example/..//evil.example',
  '@evil.example',
  '/access\r\nSet-Cookie: a=b',
  '/access\r\n\r\n<script>alert(1)</script>',
  '/\u2028/evil.example',
  '/ä/evil.example',
  '/logout',
  '/login?next=//evil.example',
  `/${'a'.repeat(5000)}`,
];

describe('back to where', () => {
  for (const next of foreignTargets)
    test(JSON.stringify(next.slice(0, 50)), async (t) => {
      const site = await startSite(t);
      const browser = openBrowser(site);
      const page = await browser.get(`/login?next=${encodeURIComponent(next)}`);
      assert.match(page.body, /name="next" value="\/"/);
      const { status, headers } = await browser.post('/login', { name: 'anna', password, next });
      assert.equal(status, 303);
      assert.equal(headers['location'], '/');
      const again = await browser.get(`/login?next=${encodeURIComponent(next)}`);
      assert.equal(again.headers['location'], '/');
      const themed = await browser.post('/theme', { theme: 'dark', next });
      assert.equal(themed.headers['location'], '/');
      assert.equal(themed.headers['a'], undefined);
    });
  test('pages of our own, as they are', () => {
    for (const path of [
      '/',
      '/quarantine?text=a%20b&after=x',
      '/aliases/a%2Fb',
      '/campaigns/x-1_Y',
    ])
      assert.equal(localNext(path), path);
    for (const other of [undefined, null, 1, {}, ['/access']]) assert.equal(localNext(other), '/');
  });
  test('a link from a mail comes in once more, from here, and nowhere else', async (t) => {
    const site = await startSite(t);
    for (const path of ['/access?x="><script>', '//evil.example/..', '/access']) {
      const { body, setCookies } = await ask(site, {
        path,
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      assert.doesNotMatch(body, /<script>|url=\/\/|url=[^/]|evil/);
      assert.deepEqual(setCookies, []);
    }
  });
});

test('links of ours stay here, whatever stands in them', () => {
  for (const hostile of [
    ...foreignTargets,
    '..',
    '.',
    '',
    '../../etc/passwd',
    '?a=b',
    '#x',
    '%2e%2e',
  ]) {
    const url = new URL(localPath(['aliases', hostile], { after: hostile }), 'http://here.test');
    assert.equal(url.origin, 'http://here.test');
    assert.match(url.pathname, /^\/aliases\//);
  }
});

const traversals = [
  '/assets/../server.ts',
  '/assets/..%2fserver.ts',
  '/assets/%2e%2e/server.ts',
  '/assets/%2e%2e%2fserver.ts',
  '/assets/..%5cserver.ts',
  '/assets/....//server.ts',
  '/assets/%252e%252e/server.ts',
  '/assets//etc/passwd',
  '/assets/%00',
  '/assets/console.css%00.ts',
  '/assets/.git/config',
  '/assets/',
  '/assets',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%c0%af..%c0%afetc/passwd',
  '/%',
  '/%zz',
  '/%ff',
];

for (const path of traversals)
  test(`nothing at ${path}`, async (t) => {
    const site = await startSite(t);
    const { status, body } = await ask(site, { path });
    assert.ok([303, 400, 403, 404].includes(status), String(status));
    assert.doesNotMatch(body, /root:|import /);
    assert.deepEqual(site.failures, []);
  });

describe('too much', () => {
  const flood = 'x'.repeat(300_000);
  const cases = [
    {
      name: 'a form',
      type: 'application/x-www-form-urlencoded',
      path: '/login',
      body: `name=${flood}`,
    },
    { name: 'JSON', type: 'application/json', path: '/api/v1/acts', body: `{"kind":"${flood}"}` },
  ];
  for (const { name, type, path, body } of cases)
    test(`${name} of 300 kB`, async (t) => {
      const site = await startSite(t);
      const headers = { 'content-type': type, authorization: `Bearer ${site.token('admin')}` };
      assert.equal((await ask(site, { method: 'POST', path, headers, body })).status, 413);
    });
  test('a body that never ends is not waited for', async (t) => {
    const site = await startSite(t);
    const socket = connect(site.port, '127.0.0.1');
    socket.write(
      'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999999\r\n\r\n',
    );
    assert.match(await text(socket), /^HTTP\/1\.1 413 /);
  });
  test('a thousand fields, a thousand messages', async (t) => {
    const site = await startSite(t, { review: recordingReview([heldMessage()]) });
    const browser = loggedIn(site, 'otto');
    const message = Array.from({ length: 1000 }, (_, index) => `id${index}`);
    assert.equal((await browser.post('/act', { act: 'release', message })).status, 400);
    assert.equal(
      (await browser.post('/act', { act: 'release', message: message.slice(0, 500) })).status,
      303,
    );
  });
  test('headers of 12 kB', async (t) => {
    const site = await startSite(t);
    const { status } = await ask(site, {
      path: '/login',
      headers: { cookie: 'a=b; '.repeat(2400) },
    });
    assert.equal(status, 431);
  });
  test('a long address', async (t) => {
    const site = await startSite(t);
    const token = { authorization: `Bearer ${site.token('read')}` };
    for (const path of [`/aliases/${'a'.repeat(5000)}`, `/api/v1/messages/${'a'.repeat(5000)}`]) {
      const { status } = await ask(site, { path, headers: token });
      assert.ok([303, 400, 404, 414].includes(status), String(status));
    }
  });
});

const everyAnswer: readonly { readonly path: string; readonly status: number }[] = [
  { path: '/login', status: 200 },
  { path: '/access', status: 303 },
  { path: '/nowhere', status: 404 },
  { path: '/act', status: 405 },
  { path: '/%ff', status: 400 },
  { path: '/assets/none.css', status: 404 },
  { path: '/api/v1/overview', status: 401 },
  { path: '/api/v1/nothing', status: 404 },
];

test('every answer forbids what a page could be made to do', async (t) => {
  const site = await startSite(t);
  for (const { path, status } of everyAnswer) {
    const { headers, ...answer } = await ask(site, { path });
    assert.equal(answer.status, status, path);
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ])
      assert.ok(policy.split('; ').includes(rule), `${path}: ${rule}`);
    assert.doesNotMatch(policy, /unsafe|\*|http|data:/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['server'], undefined);
    assert.equal(headers['x-powered-by'], undefined);
  }
});

test('hostile field values end in no header of an answer', async (t) => {
  const site = await startSite(t, { review: recordingReview([heldMessage()]) });
  const browser = loggedIn(site, 'otto');
  const value = 'x\r\nSet-Cookie: evil=1\r\n\r\n<html>';
  const { headers, setCookies } = await browser.post('/act', {
    act: 'release',
    message: 'id',
    reason: value,
    next: value,
  });
  assert.equal(headers['location'], '/');
  assert.deepEqual(setCookies, []);
  const themed = await browser.post('/theme', { theme: value });
  assert.deepEqual(themed.setCookies, []);
});

const oddities = (site: Site) => [
  { path: '/login?next=/a&next=/b' },
  { path: '/login?next[]=x' },
  { path: '/login?__proto__=x&constructor=y' },
  { path: '/login', headers: { cookie: 'aliaswatch-session=%zz; aliaswatch-visit=;;;=;a' } },
  { path: '/login', headers: { cookie: `aliaswatch-session=${'x'.repeat(2000)}` } },
  { path: '/login', headers: { cookie: '__proto__=x; aliaswatch-theme=<script>' } },
  { path: '/login', headers: { 'accept-encoding': '*', range: 'bytes=0-5' } },
  { path: '/login', headers: { expect: 'nothing' } },
  { path: '/login', headers: { upgrade: 'websocket', connection: 'upgrade' } },
  {
    path: '/login',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: site.origin },
    body: form({ 'a[b][c]': 'x', __proto__: 'y', constructor: 'z', 'csrf[]': 'q' }),
  },
];

test('odd requests get an answer, and are no failures', async (t) => {
  const site = await startSite(t);
  for (const asked of oddities(site)) {
    const { status } = await ask(site, asked);
    assert.ok(status < 500, `${JSON.stringify(asked)}: ${status}`);
  }
  assert.deepEqual(site.failures, []);
});
