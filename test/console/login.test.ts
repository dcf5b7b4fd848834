import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { writeOperators } from '../../src/console/access/operators.ts';
import { hashPassword } from '../../src/console/access/password.ts';
import {
  everyRole,
  loggedIn,
  openBrowser,
  operator,
  password,
  startSite,
  type Browser,
} from './console-site.ts';

const otherHash = await hashPassword('something else entirely');

const isIn = async (browser: Browser) => (await browser.get('/access')).status === 200;

test('login, a page, logout; all on record, and no password is', async (t) => {
  const site = await startSite(t);
  const browser = openBrowser(site);
  assert.equal(await isIn(browser), false);
  const answer = await browser.post('/login', { name: 'ANNA', password, next: '/access' });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers['location'], '/access');
  assert.equal(await isIn(browser), true);
  const cookies = new Map(browser.cookies);
  assert.equal((await browser.post('/logout')).headers['location'], '/login');
  assert.equal(await isIn(browser), false);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  assert.equal(await isIn(browser), false, 'the old cookie is no good any more');
  assert.deepEqual(
    site.audited.map(({ act, actor }) => [act, actor.name]),
    [['logged-in', 'anna']],
  );
  assert.doesNotMatch(JSON.stringify(site.audited), /horse/);
});

test('a wrong password and an unknown name are told alike, on record, in like time', async (t) => {
  const site = await startSite(t);
  const browser = openBrowser(site);
  const tried = async (name: string) => {
    const startedMs = performance.now();
    const { status, body } = await browser.post('/login', {
      name,
      password: 'wrong horse battery',
    });
    return {
      status,
      body: body.replace(/name="csrf" value="[^"]*"/, ''),
      ms: performance.now() - startedMs,
    };
  };
  const [wrong, unknown] = [await tried('anna'), await tried('nobody')];
  assert.equal(wrong.status, 401);
  assert.deepEqual({ ...unknown, ms: 0 }, { ...wrong, ms: 0 });
  assert.ok(unknown.ms > wrong.ms / 4, `${unknown.ms} ms for nobody, ${wrong.ms} ms for anna`);
  assert.deepEqual(
    site.audited.map(({ act, actor, facts }) => [act, actor.name, facts['known']]),
    [
      ['login-refused', 'anna', true],
      ['login-refused', 'nobody', false],
    ],
  );
});

const hostileLogins: readonly Readonly<Record<string, string | readonly string[]>>[] = [
  {},
  { name: 'anna' },
  { password },
  { name: ['anna', 'anna'], password },
  { name: 'anna', password: [password, password] },
  { 'name[]': 'anna', password },
  { name: '__proto__', password },
  { name: 'anna\0', password },
  { name: 'anna ', password },
  { name: 'a'.repeat(5000), password },
  { name: 'anna', password: 'x'.repeat(100_000) },
  { name: "anna' OR '1'='1", password: "' OR '1'='1" },
  { name: 'anna', password: '' },
];

test('odd logins do not get in, and break nothing', async (t) => {
  const site = await startSite(t, {
    loginLimits: { perAddress: 100, perName: 100, windowMs: 1e6 },
  });
  for (const fields of hostileLogins) {
    const browser = openBrowser(site);
    const { status } = await browser.post('/login', fields);
    assert.ok([400, 401].includes(status), `${JSON.stringify(fields).slice(0, 60)}: ${status}`);
    assert.equal(await isIn(browser), false);
  }
  assert.deepEqual(site.failures, []);
});

describe('session fixation', () => {
  test('a session that somebody planted is not the one after the login', async (t) => {
    const site = await startSite(t);
    const browser = openBrowser(site);
    const planted = 'A'.repeat(43);
    browser.cookies.set('aliaswatch-session', planted);
    browser.cookies.set('aliaswatch-visit', planted);
    await browser.login('anna');
    assert.notEqual(browser.cookies.get('aliaswatch-session'), planted);
    assert.equal(await isIn(browser), true);
    const attacker = openBrowser(site);
    attacker.cookies.set('aliaswatch-session', planted);
    assert.equal(await isIn(attacker), false);
  });
  test('every login is a new session, and ends the one before it in this browser', async (t) => {
    const site = await startSite(t);
    const browser = loggedIn(site, 'anna');
    const first = browser.cookies.get('aliaswatch-session') ?? '';
    const csrf =
      /name="csrf" value="([\w-]+)"/.exec((await browser.get('/access')).body)?.[1] ?? '';
    await browser.post('/login', { csrf, name: 'otto', password });
    const second = browser.cookies.get('aliaswatch-session') ?? '';
    assert.match(second, /^[\w-]{43}$/);
    assert.notEqual(second, first);
    assert.equal(site.sessions.find(first), null);
    assert.equal(site.sessions.find(second)?.operator, 'otto');
  });
});

describe('cookies', () => {
  test('over plain HTTP', async (t) => {
    const site = await startSite(t);
    const browser = openBrowser(site);
    const { setCookies } = await browser.login('anna');
    const [session] = setCookies.filter((line) => line.startsWith('aliaswatch-session='));
    assert.match(session ?? '', /; Path=\/; HttpOnly; SameSite=Strict$/);
  });
  test('behind a proxy that ends TLS', async (t) => {
    const site = await startSite(t, { client: { trustedProxies: ['127.0.0.1/32'] } });
    const host = 'console.test';
    const forwarded = { host, 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' };
    const browser = openBrowser(site, forwarded);
    const answer = await browser.post(
      '/login',
      { name: 'anna', password },
      { origin: `https://${host}` },
    );
    assert.equal(answer.status, 303);
    const [session] = answer.setCookies.filter((line) => line.includes('-session='));
    assert.match(
      session ?? '',
      /^__Host-aliaswatch-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    assert.match(String(answer.headers['strict-transport-security']), /max-age=31536000/);
    assert.equal(site.audited[0]?.personal['address'], '192.0.2.7');
    assert.equal(await isIn(browser), true);
  });
});

test('no password crosses a network in the clear', async (t) => {
  const site = await startSite(t);
  const browser = openBrowser(site, { host: 'console.test' });
  const page = await browser.get('/login');
  assert.equal(page.status, 403);
  assert.doesNotMatch(page.body, /type="password"/);
  const fields = { name: 'anna', password };
  const { status } = await browser.post('/login', fields, { origin: 'http://console.test' });
  assert.equal(status, 403);
  assert.deepEqual(site.audited, []);
});

describe('sessions end', () => {
  const hourMs = 3_600_000;
  test('after an idle hour', async (t) => {
    const site = await startSite(t);
    const browser = loggedIn(site, 'anna');
    site.clock.nowMs += hourMs - 1000;
    assert.equal(await isIn(browser), true);
    site.clock.nowMs += hourMs - 1000;
    assert.equal(await isIn(browser), true, 'activity counts');
    site.clock.nowMs += hourMs + 1000;
    assert.equal(await isIn(browser), false);
  });
  test('after twelve busy hours', async (t) => {
    const site = await startSite(t);
    const browser = loggedIn(site, 'anna');
    for (let half = 1; half < 24; half++) {
      site.clock.nowMs += hourMs / 2;
      assert.equal(await isIn(browser), true, `${half / 2} h`);
    }
    site.clock.nowMs += hourMs / 2;
    assert.equal(await isIn(browser), false);
  });
  test('when an admin ends them, on record', async (t) => {
    const site = await startSite(t);
    const [anna, otto] = [loggedIn(site, 'anna'), loggedIn(site, 'otto')];
    const session = site.sessions.list().find((one) => one.operator === 'otto');
    await anna.post('/access/revoke-session', { session: session?.id ?? '', next: '/access' });
    assert.match((await anna.get('/access')).body, /1 session ended/);
    assert.match((await otto.get('/nowhere')).body, /There is no page/);
    assert.equal((await otto.get('/access')).headers['location'], '/login?next=%2Faccess');
    assert.deepEqual(site.audited.at(-1)?.act, 'session-revoked');
  });
  const changes = [
    { name: 'the operator is removed', change: everyRole.filter(({ name }) => name !== 'anna') },
    {
      name: 'the password is changed',
      change: [{ ...operator('anna', 'admin'), password: otherHash }],
    },
    { name: 'nobody is left', change: [] },
  ];
  for (const { name, change } of changes)
    test(`when ${name}`, async (t) => {
      const site = await startSite(t);
      const browser = loggedIn(site, 'anna');
      await writeOperators(site.operatorsFile, change);
      assert.equal(await isIn(browser), false);
    });
  test('when the operators file is gone or damaged, which lets nobody in', async (t) => {
    const site = await startSite(t);
    const browser = loggedIn(site, 'anna');
    await writeFile(site.operatorsFile, 'operators: {');
    assert.equal(await isIn(browser), false);
    await rm(site.operatorsFile);
    assert.equal(await isIn(browser), false);
    assert.equal(await isIn(openBrowser(site)), false);
  });
  test('and a role that was taken away is gone at the next request', async (t) => {
    const site = await startSite(t);
    const browser = loggedIn(site, 'anna');
    await writeOperators(site.operatorsFile, [operator('anna', 'viewer')]);
    assert.equal((await browser.get('/access')).status, 403);
  });
});

describe('guessing', () => {
  const loginLimits = { perAddress: 3, perName: 3, windowMs: 600_000 };
  test('is stopped for a name, also for the right password, and only for a while', async (t) => {
    const site = await startSite(t, { loginLimits });
    const browser = openBrowser(site);
    for (let guess = 0; guess < 3; guess++)
      assert.equal((await browser.login('anna', `wrong password ${guess}`)).status, 401);
    const { status, headers } = await browser.login('anna');
    assert.equal(status, 429);
    assert.ok(Number(headers['retry-after']) > 0 && Number(headers['retry-after']) <= 200);
    assert.equal(site.audited.length, 3, 'what is not looked at fills no log');
  });
  test('many at once are counted before any is answered', async (t) => {
    const site = await startSite(t, { loginLimits });
    const browsers = Array.from({ length: 12 }, () => openBrowser(site));
    await Promise.all(browsers.map((browser) => browser.csrf()));
    const answers = await Promise.all(
      browsers.map((browser) => browser.login('anna', 'guessed password')),
    );
    const looked = answers.filter(({ status }) => status === 401).length;
    assert.ok(looked <= 3, `${looked} guesses`);
  });
  test('from one address is stopped for every name, from another it is not', async (t) => {
    const client = { trustedProxies: ['127.0.0.1/32'] };
    const site = await startSite(t, { loginLimits, client });
    const from = (address: string) =>
      openBrowser(site, { 'x-forwarded-for': `198.51.100.9, ${address}` });
    const guesser = from('192.0.2.7');
    for (const name of ['a', 'b', 'c']) await guesser.login(name, 'guessed password');
    assert.equal((await guesser.login('anna')).status, 429);
    assert.equal((await from('192.0.2.8').login('anna')).status, 303);
  });
});

test('a login that cannot be recorded is none', async (t) => {
  const audit = { append: () => Promise.reject(new Error('disk full')) };
  const site = await startSite(t, { sources: { audit } });
  const browser = openBrowser(site);
  assert.equal((await browser.login('anna')).status, 500);
  assert.equal(await isIn(browser), false);
  assert.equal(site.failures.length, 1);
});
