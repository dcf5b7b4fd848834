import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { HeldMessage } from '../../../src/quarantine/quarantine.ts';
import { openNoticesFile } from '../../../src/notices/notices-file.ts';
import { createOutbox } from '../../../src/notices/outbox.ts';
import { createLinkActs, type LinkOutcome } from '../../../src/notices/links/link-acts.ts';
import { startPublicListener } from '../../../src/notices/links/public-listener.ts';
import { createRequests, createUsedLinks } from '../../../src/notices/links/recipient-requests.ts';
import { signLink, type LinkClaim } from '../../../src/notices/links/signed-link.ts';
import { heldMessage } from '../../quarantine/samples.ts';
import { clock, english, messageId } from '../samples.ts';

const texts = await english();
const key = Buffer.alloc(32, 7);
const keys = { current: { version: 1, key }, all: new Map([[1, key]]) };
const ann = 'ann@example.test';

type Deps = {
  readonly held?: Partial<HeldMessage> | null;
  readonly recipientRelease?: 'request' | 'release';
  readonly release?: (message: string, recipient: string) => Promise<boolean>;
  readonly find?: () => Promise<HeldMessage | null>;
  readonly trustedProxies?: readonly string[];
};

async function start({
  held = {},
  recipientRelease = 'request',
  release,
  find,
  trustedProxies = [],
}: Deps = {}) {
  const { now, pass } = clock();
  const database = openNoticesFile(':memory:');
  const requests = createRequests(database);
  const outbox = createOutbox(database);
  const outcomes: LinkOutcome[] = [];
  const message =
    held === null
      ? null
      : heldMessage({
          id: messageId,
          envelope: {
            mailFrom: '',
            rcptTo: [ann, 'bob@example.test'],
            mailParameters: '',
            rcptParameters: ['', ''],
          },
          ...held,
        });
  const acts = createLinkActs({
    keys: () => Promise.resolve(keys),
    quarantine: { find: find ?? (() => Promise.resolve(message)) },
    requests,
    used: createUsedLinks(database),
    outbox,
    admins: ['desk@mx.test'],
    recipientRelease,
    release: release ?? (() => Promise.reject(new Error('not expected'))),
    onUsed: (_purpose, outcome) => void outcomes.push(outcome),
    now,
  });
  const listener = await startPublicListener({
    listen: { host: '127.0.0.1', port: 0 },
    basePath: '/mail',
    trustedProxies,
    acts,
    textsFor: () => ({ texts, language: 'en' }),
  });
  const { host, port } = listener.address;
  const base = `http://${host}:${port}`;
  return {
    base,
    port,
    pass,
    requests,
    outbox,
    outcomes,
    now,
    link: (changes: Partial<LinkClaim> = {}) =>
      `${base}/l/${signLink({ message: messageId, recipient: ann, purpose: 'release', expiresAt: new Date(now().getTime() + 3_600_000), ...changes }, keys)}`,
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      database.close();
    },
  };
}

const open = (requests: ReturnType<typeof createRequests>) => requests.list('open', { limit: 10 });

describe('GET', () => {
  test('changes nothing, however often', async () => {
    await using site = await start();
    for (const method of ['GET', 'HEAD', 'GET'])
      assert.equal((await fetch(site.link(), { method })).status, 200);
    assert.deepEqual(open(site.requests), []);
    assert.equal(site.outbox.status(site.now()).waiting, 0);
    assert.equal((await fetch(site.link(), { method: 'POST' })).status, 200);
  });

  test('shows a hostile message as text', async () => {
    const subject = '</dd><script>alert(1)</script> call +1 802 538 3069 https://evil.example';
    await using site = await start({ held: { subject, from: '"><img src=x>@evil.example' } });
    const page = await (await fetch(site.link())).text();
    assert.ok(!/<script|<img|802|evil\.example|https/.test(page), page);
    assert.match(page, /&lt;script&gt;/);
  });

  test("its style is the policy's", async () => {
    await using site = await start();
    const response = await fetch(site.link());
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(await response.text()) ?? [];
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString(
      'base64',
    );
    assert.ok(response.headers.get('content-security-policy')?.includes(`'sha256-${hash}'`));
  });

  test('works behind a reverse proxy that leaves the path of the address', async () => {
    await using site = await start();
    const own = site.link().replace('/l/', '/mail/l/');
    assert.equal((await fetch(own)).status, 200);
  });
});

describe('POST', () => {
  test('asks once; a second click says so', async () => {
    await using site = await start();
    const link = site.link();
    const answers = await Promise.all(
      [1, 2, 3, 4].map(async () => (await fetch(link, { method: 'POST' })).status),
    );
    assert.deepEqual(answers.sort(), [200, 409, 409, 409]);
    assert.deepEqual(
      open(site.requests).map(({ kind, message, recipient }) => ({ kind, message, recipient })),
      [{ kind: 'release', message: messageId, recipient: ann }],
    );
    assert.equal(site.outbox.status(site.now()).waiting, 1, 'the desk hears of it');
  });

  test('releases the copy of this recipient alone, and only once', async () => {
    const released: string[] = [];
    await using site = await start({
      recipientRelease: 'release',
      release: (message, recipient) => {
        released.push(`${message} ${recipient}`);
        return Promise.resolve(true);
      },
    });
    const link = site.link();
    await Promise.all([1, 2, 3].map(() => fetch(link, { method: 'POST' })));
    assert.deepEqual(released, [`${messageId} ${ann}`]);
    assert.deepEqual(open(site.requests), []);
  });

  for (const [name, release, status] of [
    ['the next hop does not take it', () => Promise.resolve(false), 503],
    ['the quarantine fails', () => Promise.reject(new Error('disk')), 500],
  ] as const)
    test(`may be tried again when ${name}`, async () => {
      let isWell = false;
      await using site = await start({
        recipientRelease: 'release',
        release: () => (isWell ? Promise.resolve(true) : release()),
      });
      const link = site.link();
      assert.equal((await fetch(link, { method: 'POST' })).status, status);
      isWell = true;
      assert.equal((await fetch(link, { method: 'POST' })).status, 200);
    });

  test('a report link reports and releases nothing', async () => {
    await using site = await start({ recipientRelease: 'release' });
    assert.equal((await fetch(site.link({ purpose: 'report' }), { method: 'POST' })).status, 200);
    assert.deepEqual(
      open(site.requests).map(({ kind }) => kind),
      ['report'],
    );
  });
});

describe('a clear page, and nothing done', () => {
  const cases = [
    { name: 'expired', claim: { expiresAt: new Date(0) }, status: 410, says: /has expired/ },
    {
      name: 'of somebody the message is not for',
      claim: { recipient: 'eve@example.test' },
      status: 410,
      says: /not held any more/,
    },
    { name: 'of a message that is gone', held: null, status: 410, says: /not held any more/ },
    {
      name: 'of a deleted message',
      held: { state: 'deleted' },
      status: 410,
      says: /not held any more/,
    },
    {
      name: 'while the quarantine is down',
      find: () => Promise.reject(new Error('EIO')),
      status: 500,
      says: /try again later/,
    },
  ] as const;
  for (const { name, status, says, ...given } of cases)
    for (const method of ['GET', 'POST'])
      test(`${method} ${name}`, async () => {
        await using site = await start(given as Deps);
        const link = site.link('claim' in given ? given.claim : {});
        const response = await fetch(link, { method });
        assert.equal(response.status, status);
        assert.match(await response.text(), says);
        assert.equal(response.headers.get('x-frame-options'), 'DENY');
        assert.deepEqual(open(site.requests), []);
      });

  test('another method, another path, another site, a big body', async () => {
    await using site = await start();
    const link = site.link();
    const statusOf = async (url: string, init: RequestInit = {}) => (await fetch(url, init)).status;
    assert.equal(await statusOf(link, { method: 'PUT' }), 405);
    assert.equal(await statusOf(link, { method: 'DELETE' }), 405);
    for (const path of ['/', '/l/', '/l/../../etc/passwd', '/metrics', '/l/%2e%2e', '/api/v1'])
      assert.equal(await statusOf(site.base + path), 404, path);
    const headers = { 'Sec-Fetch-Site': 'cross-site' };
    assert.equal(await statusOf(link, { method: 'POST', headers }), 405);
    assert.equal(await statusOf(link, { method: 'POST', body: 'x'.repeat(5000) }), 413);
    assert.deepEqual(open(site.requests), []);
    assert.equal(await statusOf(link, { method: 'POST', body: 'x=1' }), 200);
  });
});

describe('a network that nobody trusts', () => {
  test('who guesses is stopped', async () => {
    await using site = await start();
    const statuses: number[] = [];
    for (let guess = 0; guess < 40; guess++) {
      const response = await fetch(`${site.base}/l/1.${guess}.${'A'.repeat(43)}`);
      statuses.push(response.status);
      await response.arrayBuffer();
    }
    assert.equal(statuses[0], 404);
    assert.equal(statuses.at(-1), 429);
    assert.ok(statuses.filter((status) => status === 404).length <= 20);
  });

  const guessAs = async (
    base: string,
    client: string,
    guesses = 1,
  ): Promise<number | undefined> => {
    let status: number | undefined;
    for (let guess = 0; guess < guesses; guess++) {
      const headers = { 'X-Forwarded-For': client };
      const response = await fetch(`${base}/l/1.${guess}.${'A'.repeat(43)}`, { headers });
      await response.arrayBuffer();
      status = response.status;
    }
    return status;
  };

  test('behind a reverse proxy of ours who guesses is stopped, and nobody else', async () => {
    await using site = await start({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
    assert.equal(await guessAs(site.base, '203.0.113.5, 10.1.1.1', 40), 429);
    assert.equal(await guessAs(site.base, '198.51.100.7, 10.1.1.1'), 404);
    assert.equal(await guessAs(site.base, '198.51.100.8, 203.0.113.5'), 429, 'what it made up');
    assert.equal(await guessAs(site.base, '2001:db8::1', 40), 429);
    assert.equal(await guessAs(site.base, '2001:db8::2:2'), 429, 'another one of its addresses');
    assert.equal(await guessAs(site.base, '2001:db8:0:1::1'), 404);
  });

  test('nobody else is believed about whom they ask for', async () => {
    await using site = await start({ trustedProxies: ['10.0.0.0/8'] });
    assert.equal(await guessAs(site.base, '203.0.113.5', 40), 429);
    assert.equal(await guessAs(site.base, '198.51.100.7'), 429);
  });

  test('a header block without end is cut off', async () => {
    await using site = await start();
    const socket = connect(site.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(5000)}`);
    assert.match(await text(socket), /^HTTP\/1\.1 431 /);
  });

  test('a body that is cut off does nothing', async () => {
    await using site = await start();
    const link = new URL(site.link());
    const cut = request(link, { method: 'POST', headers: { 'Content-Length': 100 } });
    cut.on('error', () => undefined);
    cut.write('x');
    await once(cut, 'socket');
    await new Promise((resolve) => setTimeout(resolve, 50));
    cut.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(open(site.requests), []);
  });
});
