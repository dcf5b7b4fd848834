import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { csrfToken } from '../../src/console/access/csrf.ts';
import { openCertified as open, signIn } from './certified-site.ts';
import { loggedIn, openBrowser, operator, password, startSite } from './console-site.ts';
import { faultOn, isIn } from './oidc-site.ts';

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
