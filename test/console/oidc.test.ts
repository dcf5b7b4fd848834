import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signInAt, startOidcProvider, type OidcProviderOptions } from '../support/oidc-provider.ts';
import { accounts, openCertified as open, signIn } from './certified-site.ts';
import { openBrowser } from './console-site.ts';
import { beginSignIn, comeBack, faultOn, isIn, locationOf } from './oidc-site.ts';

describe('with a certified provider', () => {
  const people = [
    { login: 'anna', name: 'oidc:anna@example.test', role: 'admin' },
    { login: 'otto', name: 'oidc:otto@example.test', role: 'operator' },
    { login: 'vera', name: 'oidc:vera@example.test', role: 'viewer' },
    { login: 'mallory', name: 'oidc:sub:mallory', role: 'viewer' },
  ];
  for (const { login, name, role } of people)
    test(`${login} is ${name}, ${role}, on record`, async (t) => {
      const opened = await open(t);
      const browser = openBrowser(opened.site);
      const answer = await signIn(opened, browser, login, '/audit?act=held');
      assert.equal(answer.status, 303);
      assert.equal(answer.headers['location'], '/audit?act=held');
      const page = await browser.get('/audit');
      assert.match(page.body, new RegExp(`${name}</bdi> <small>${role}</small>`));
      assert.equal((await browser.get('/access')).status, role === 'admin' ? 200 : 403);
      assert.deepEqual(opened.site.audited, [
        {
          act: 'logged-in',
          actor: { kind: 'operator', name, via: 'console' },
          subject: '',
          reason: '',
          facts: { method: 'oidc', role },
          personal: { address: '127.0.0.1', subject: login },
        },
      ]);
      assert.deepEqual(opened.site.logins, ['oidc accepted']);
      const [cookie = ''] = answer.setCookies.filter((line) => line.includes('-session='));
      assert.match(cookie, /^aliaswatch-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    });
  const kinds: readonly { name: string; provider: Partial<OidcProviderOptions>; own?: object }[] = [
    { name: 'a public client', provider: { clientSecret: null }, own: { clientSecretFile: null } },
    { name: 'claims at the userinfo endpoint alone', provider: { claimsIn: 'userinfo' } },
  ];
  for (const { name, provider, own = {} } of kinds)
    test(name, async (t) => {
      const opened = await open(t, { provider, oidc: own });
      const browser = openBrowser(opened.site);
      assert.equal((await signIn(opened, browser, 'anna')).status, 303);
      assert.equal(opened.site.audited[0]?.actor.name, 'oidc:anna@example.test');
      assert.equal((await browser.get('/access')).status, 200);
    });
  test('a wrong secret is no sign-in, and is told without it', async (t) => {
    const opened = await open(t, { provider: { clientSecret: 'another secret' } });
    const answer = await signIn(opened, openBrowser(opened.site), 'anna');
    assert.equal(answer.status, 403);
    assert.equal(faultOn(answer), 'The provider says `invalid_client`.');
    assert.match(String(opened.site.failures[0]), /the sign-in provider says `invalid_client`/);
    assert.doesNotMatch(JSON.stringify(opened.site.failures), /secret/);
  });
  for (const login of ['nobody', 'claimless'])
    test(`${login} has no role: refused with a page that says so, on record`, async (t) => {
      const opened = await open(t);
      const browser = openBrowser(opened.site);
      const answer = await signIn(opened, browser, login);
      assert.equal(answer.status, 403);
      assert.match(faultOn(answer), /nothing in the claim groups has a role here/);
      assert.equal(await isIn(browser), false);
      assert.deepEqual(
        opened.site.audited.map(({ act, facts, personal }) => [act, facts, personal['subject']]),
        [['login-refused', { method: 'oidc', known: false, cause: 'no role' }, login]],
      );
      assert.deepEqual(opened.site.logins, ['oidc refused']);
    });
  test('keys that the provider put in place of others count at once', async (t) => {
    const opened = await open(t);
    const { provider, site } = opened;
    assert.equal((await signIn(opened, openBrowser(site), 'anna')).status, 303);
    await provider[Symbol.asyncDispose]();
    const redirectUri = `${site.origin}/login/oidc/callback`;
    const again = await startOidcProvider({ accounts, redirectUri, port: provider.port });
    t.after(() => again[Symbol.asyncDispose]());
    assert.equal((await signIn(opened, openBrowser(site), 'otto')).status, 303);
  });
  test('the names of a claim that people cannot be trusted with are told apart', async (t) => {
    const named = { dora: { preferred_username: 'Anna@example.test', groups: ['helpdesk'] } };
    const opened = await open(t, {
      provider: { accounts: named },
      oidc: { nameClaim: 'preferred_username' },
    });
    await signIn(opened, openBrowser(opened.site), 'dora');
    assert.equal(opened.site.audited[0]?.actor.name, 'oidc:user:anna@example.test');
  });
  test('roles by verified e-mail address, for providers without groups', async (t) => {
    const roles = [{ value: 'Anna@Example.test', role: 'admin' }] as const;
    const opened = await open(t, { oidc: { roleClaim: 'email', roles } });
    const [anna, mallory] = [openBrowser(opened.site), openBrowser(opened.site)];
    assert.equal((await signIn(opened, anna, 'anna')).status, 303);
    assert.equal((await signIn(opened, mallory, 'mallory')).status, 403);
  });
});

describe('a callback', () => {
  test('counts once: the second time it is refused, and the first session stays', async (t) => {
    const opened = await open(t);
    const browser = openBrowser(opened.site);
    const to = await signInAt(locationOf(await beginSignIn(browser)), 'anna');
    const before = new Map(browser.cookies);
    assert.equal((await comeBack(opened.site, browser, to)).status, 303);
    const thief = openBrowser(opened.site);
    for (const [name, value] of before) thief.cookies.set(name, value);
    assert.equal((await comeBack(opened.site, thief, to)).status, 403);
    assert.equal((await comeBack(opened.site, browser, to)).status, 403);
    assert.equal(await isIn(thief), false);
    assert.equal(await isIn(browser), true);
    assert.equal(opened.site.audited.length, 1, 'a forged one fills no log');
  });
  test('counts in the browser that began it, and in no other (login CSRF)', async (t) => {
    const opened = await open(t);
    const [mallory, victim] = [openBrowser(opened.site), openBrowser(opened.site)];
    const to = await signInAt(locationOf(await beginSignIn(mallory)), 'mallory');
    await beginSignIn(victim);
    const answer = await comeBack(opened.site, victim, to);
    assert.equal(answer.status, 403);
    assert.match(faultOn(answer), /not begun in this browser/);
    assert.equal(await isIn(victim), false);
    const fresh = openBrowser(opened.site);
    assert.equal((await comeBack(opened.site, fresh, to)).status, 403);
  });
  test('is too late after ten minutes', async (t) => {
    const opened = await open(t);
    const browser = openBrowser(opened.site);
    const to = await signInAt(locationOf(await beginSignIn(browser)), 'anna');
    opened.site.clock.nowMs += 10 * 60_000;
    assert.match(faultOn(await comeBack(opened.site, browser, to)), /took too long/);
    assert.equal(await isIn(browser), false);
  });
  test('begins a session with a secret of its own, whatever the browser had (fixation)', async (t) => {
    const opened = await open(t);
    const browser = openBrowser(opened.site);
    const planted = 'A'.repeat(43);
    browser.cookies.set('aliaswatch-session', planted);
    browser.cookies.set('aliaswatch-visit', planted);
    await signIn(opened, browser, 'anna');
    assert.match(browser.cookies.get('aliaswatch-session') ?? '', /^(?!A{43})[\w-]{43}$/);
    assert.equal(browser.cookies.has('aliaswatch-visit'), false);
    const attacker = openBrowser(opened.site);
    attacker.cookies.set('aliaswatch-session', planted);
    assert.equal(await isIn(attacker), false);
  });
  const ways = [
    '//evil.example/',
    '/\\evil.example',
    'https://evil.example/',
    '/login/oidc',
    '\t/x',
  ];
  for (const next of ways)
    test(`leads nowhere else: ${JSON.stringify(next)}`, async (t) => {
      const opened = await open(t);
      const answer = await signIn(opened, openBrowser(opened.site), 'anna', next);
      assert.equal(answer.headers['location'], '/');
    });
  test('that cannot be recorded is no sign-in', async (t) => {
    const audit = { append: () => Promise.reject(new Error('disk full')) };
    const opened = await open(t, { sources: { audit } });
    const browser = openBrowser(opened.site);
    assert.equal((await signIn(opened, browser, 'anna')).status, 500);
    assert.equal(await isIn(browser), false);
  });
});

describe('the beginning', () => {
  test('is a link of our own page: another site cannot begin it for somebody', async (t) => {
    const { site } = await open(t);
    const browser = openBrowser(site);
    for (const from of ['cross-site', 'same-site']) {
      const answer = await browser.get('/login/oidc?next=/audit', { 'sec-fetch-site': from });
      assert.equal(answer.headers['location'], '/login?next=%2Faudit');
    }
    assert.match((await browser.get('/login')).body, /href="\/login\/oidc\?next=%2F"/);
  });
  test('by another name of the console leads to the one that the provider knows', async (t) => {
    const { site } = await open(t);
    const browser = openBrowser(site, { host: `localhost:${site.port}` });
    assert.equal(locationOf(await beginSignIn(browser)), '/login?next=%2Faccess');
    assert.ok((await browser.get('/login')).body.includes(`href="${site.origin}/login"`));
  });
  test('asks for a code with PKCE, state and nonce, to come back to one exact address', async (t) => {
    const { site, provider } = await open(t);
    const browser = openBrowser(site);
    const begin = async () => new URL(locationOf(await beginSignIn(browser)));
    const [first, second] = [await begin(), await begin()];
    assert.equal(first.origin, provider.issuer);
    const fields = Object.fromEntries(first.searchParams);
    assert.deepEqual(
      { ...fields, state: '', nonce: '', code_challenge: '' },
      {
        client_id: 'aliaswatch',
        scope: 'openid email profile',
        response_type: 'code',
        redirect_uri: `${site.origin}/login/oidc/callback`,
        code_challenge_method: 'S256',
        state: '',
        nonce: '',
        code_challenge: '',
      },
    );
    for (const name of ['state', 'nonce', 'code_challenge']) {
      assert.match(fields[name] ?? '', /^[\w-]{43}$/, name);
      assert.notEqual(second.searchParams.get(name), fields[name], `${name} is never the same`);
    }
  });
  test('is limited by address', async (t) => {
    const { site } = await open(t);
    const browser = openBrowser(site);
    const statuses = new Set<number>();
    for (let count = 0; count < 31; count++) statuses.add((await beginSignIn(browser)).status);
    assert.deepEqual([...statuses], [303, 429]);
    assert.deepEqual(site.logins, ['oidc limited']);
  });
});
