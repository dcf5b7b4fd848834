import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, test, type TestContext } from 'node:test';
import { signInAt, startOidcProvider, type OidcProviderOptions } from '../support/oidc-provider.ts';
import {
  loggedIn,
  openBrowser,
  operator,
  password,
  startSite,
  type Browser,
} from './console-site.ts';
import {
  beginSignIn,
  comeBack,
  faultOn,
  isIn,
  locationOf,
  startOidcSite,
  type OidcSiteOptions,
} from './oidc-site.ts';

const accounts = {
  anna: { email: 'Anna@example.test', email_verified: true, groups: ['staff', 'mail-admins'] },
  otto: { email: 'otto@example.test', email_verified: true, groups: ['cn=soc,ou=groups'] },
  vera: { email: 'vera@example.test', email_verified: true, groups: 'helpdesk' },
  mallory: { email: 'anna@example.test', email_verified: false, groups: ['helpdesk'] },
  nobody: { email: 'nobody@example.test', email_verified: true, groups: ['staff'] },
  claimless: {},
};

function open(
  t: TestContext,
  { provider, ...options }: OidcSiteOptions & { provider?: Partial<OidcProviderOptions> } = {},
) {
  const start = (redirectUri: string) => startOidcProvider({ accounts, redirectUri, ...provider });
  return startOidcSite(t, start, options);
}

type Opened = Awaited<ReturnType<typeof open>>;

async function signIn({ site }: Opened, browser: Browser, login: string, next?: string) {
  const begun = await beginSignIn(browser, next);
  return comeBack(site, browser, await signInAt(locationOf(begun), login));
}

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
    const roles = [{ value: 'anna@example.test', role: 'admin' }] as const;
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
    const [first, second] = [await beginSignIn(browser), await beginSignIn(browser)].map(
      (answer) => new URL(locationOf(answer)),
    );
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

describe('sessions that began with a provider', () => {
  test('end after four hours however busy; those of passwords go on', async (t) => {
    const opened = await open(t);
    const browser = openBrowser(opened.site);
    await signIn(opened, browser, 'anna');
    const otto = loggedIn(opened.site, 'otto');
    for (let half = 1; half < 8; half++) {
      opened.site.clock.nowMs += 1_800_000;
      assert.equal(await isIn(browser), true, `${half / 2} h`);
      assert.equal(await isIn(otto), true);
    }
    opened.site.clock.nowMs += 1_800_000;
    assert.equal(await isIn(browser), false);
    assert.equal(await isIn(otto), true);
  });
  test('end with the mapping that they came by, or the provider', async (t) => {
    const opened = await open(t);
    const browser = openBrowser(opened.site);
    await signIn(opened, browser, 'anna');
    const { roles, issuer } = opened.oidc;
    opened.oidc.roles = [{ value: 'mail-admins', role: 'viewer' }];
    assert.equal(await isIn(browser), false);
    opened.oidc.roles = roles;
    assert.equal(await isIn(browser), true);
    opened.oidc.issuer = 'https://another.test';
    assert.equal(await isIn(browser), false);
    opened.oidc.issuer = issuer;
  });
  test('end when an admin or the command ends them', async (t) => {
    const opened = await open(t);
    const [anna, otto] = [openBrowser(opened.site), openBrowser(opened.site)];
    await signIn(opened, anna, 'anna');
    await signIn(opened, otto, 'otto');
    const shown = (await anna.get('/access')).body;
    assert.match(shown, /oidc:otto@example\.test/);
    const session = opened.site.sessions.list().find((one) => one.operator.includes('otto'));
    await anna.post('/access/revoke-session', { session: session?.id ?? '', next: '/access' });
    assert.equal(await isIn(otto), false);
    // As `operator revoke --operator` does.
    assert.equal(opened.site.sessions.revoke({ operator: 'oidc:anna@example.test' }), 1);
    assert.equal(await isIn(anna), false);
  });
  test('have nothing to do with a local operator of the same name', async (t) => {
    const opened = await open(t, { operators: [operator('anna@example.test', 'viewer')] });
    const browser = openBrowser(opened.site);
    await signIn(opened, browser, 'anna');
    assert.match(
      (await browser.get('/access')).body,
      /oidc:anna@example\.test<\/bdi> <small>admin/,
    );
    assert.equal(opened.site.sessions.revoke({ operator: 'anna@example.test' }), 0);
    assert.equal(await isIn(browser), true);
  });
  test('log out here, and there as well where the provider can', async (t) => {
    const opened = await open(t);
    const browser = openBrowser(opened.site);
    await signIn(opened, browser, 'anna');
    const [, csrf = ''] =
      /name="csrf" value="([\w-]+)"/.exec((await browser.get('/audit')).body) ?? [];
    const answer = await browser.post('/logout', { csrf });
    assert.equal(answer.headers['location'], '/login?out=provider');
    assert.equal(await isIn(browser), false);
    const page = await browser.get('/login?out=provider');
    const [, link = ''] = /href="([^"]+)">sign out there as well/.exec(page.body) ?? [];
    assert.equal(link, `${opened.provider.issuer}/session/end?client_id=aliaswatch`);
    assert.equal((await fetch(link)).status, 200);
    assert.doesNotMatch((await browser.get('/login')).body, /sign out there/);
  });
  test('are not counted by a console without a provider', async (t) => {
    const site = await startSite(t);
    const browser = openBrowser(site);
    const credential = 'oidc admin AAAAAAAAAAAAAAAAAAAAAA';
    for (const name of ['oidc:anna@example.test', 'anna']) {
      const session = { operator: name, credential, address: '127.0.0.1' };
      browser.cookies.set('aliaswatch-session', site.sessions.begin(session));
      assert.equal(await isIn(browser), false, name);
    }
  });
});

describe('beside passwords', () => {
  test('nobody needs one, and nobody is let in for being on this machine', async (t) => {
    const opened = await open(t, { operators: null });
    const browser = openBrowser(opened.site);
    assert.equal(await isIn(browser), false);
    const { body } = await browser.get('/login');
    assert.doesNotMatch(body, /type="password"/);
    assert.match(body, /Sign in with localhost/);
    assert.equal((await signIn(opened, browser, 'anna')).status, 303);
  });
  test('switched off, these let nobody in, and no session of theirs counts', async (t) => {
    const opened = await open(t, { passwordLogin: false });
    assert.equal(await isIn(loggedIn(opened.site, 'anna')), false);
    const browser = openBrowser(opened.site);
    assert.doesNotMatch((await browser.get('/login')).body, /type="password"/);
    const csrf = csrfToken(browser.cookies.get('aliaswatch-visit') ?? '');
    const answer = await browser.post('/login', { csrf, name: 'anna', password });
    assert.equal(answer.status, 403);
    assert.equal(faultOn(answer), 'Passwords are switched off.');
    assert.equal((await signIn(opened, browser, 'anna')).status, 303);
  });
  test('an operators file that cannot be used keeps nobody of the provider out', async (t) => {
    const opened = await open(t);
    const browser = openBrowser(opened.site);
    await signIn(opened, browser, 'anna');
    await writeFile(opened.site.operatorsFile, 'operators: {');
    assert.equal(await isIn(browser), true);
    const { body } = await openBrowser(opened.site).get('/login');
    assert.match(body, /operators file cannot be used/);
    assert.match(body, /Sign in with localhost/);
  });
});
