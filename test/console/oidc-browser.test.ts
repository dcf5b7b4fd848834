import assert from 'node:assert/strict';
import { after, describe, test, type TestContext } from 'node:test';
import { keepScreenshot, openChromium, watchPage, withoutChromium } from '../support/browser.ts';
import { signInAt } from '../support/oidc-provider.ts';
import { openCertified } from './certified-site.ts';
import { openBrowser } from './console-site.ts';
import { beginSignIn, locationOf } from './oidc-site.ts';

const skip = withoutChromium;

let chromium: Awaited<ReturnType<typeof openChromium>> | null = null;
after(() => chromium?.close());

async function open(t: TestContext) {
  const opened = await openCertified(t);
  chromium ??= await openChromium();
  const watched = await watchPage(chromium, opened.site.origin);
  t.after(() => watched.context.close());
  // The provider's own pages want a font from far away.
  await watched.context.route(/^https:/, (route) => route.fulfill({ body: '' }));
  return { ...opened, ...watched };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function signIn({ page, provider, site }: Opened, login: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in with localhost' }).click();
  await page.waitForURL(`${provider.issuer}/interaction/**`);
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.waitForURL(`${site.origin}/**`);
}

describe('sign-in in Chromium, the provider on another site', { skip, concurrency: false }, () => {
  test('from a page, to the provider, and back to that page; out here and there', async (t) => {
    const opened = await open(t);
    const { page, site, provider, complaints, foreign, context } = opened;
    await page.goto('/audit?act=held');
    await keepScreenshot(page, 'console-login-provider');
    await signIn(opened, 'anna');
    await page.waitForURL('**/audit?act=held');
    assert.match(await page.locator('.who').innerText(), /oidc:anna@example\.test\s+admin/);
    const [cookie, ...more] = await context.cookies(site.origin);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [cookie?.name, cookie?.httpOnly, cookie?.sameSite],
      ['aliaswatch-session', true, 'Strict'],
    );
    const elsewhere = foreign.filter((url) => !url.startsWith(`${provider.issuer}/`));
    assert.ok(elsewhere.every((url) => url.startsWith('https://fonts.googleapis.com/')));
    await page.goto('/access');
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Access');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL('**/login?out=provider');
    await keepScreenshot(page, 'console-login-after-provider');
    await page.getByRole('link', { name: 'sign out there as well' }).click();
    await page.waitForURL(`${provider.issuer}/session/end**`);
    assert.deepEqual(complaints, []);
  });
  test('a link of another site leads there once somebody is signed in', async (t) => {
    const opened = await open(t);
    const { page, provider, site } = opened;
    await page.goto('/login');
    await signIn(opened, 'otto');
    await page.waitForURL(`${site.origin}/`);
    await page.goto(`${provider.issuer}/.well-known/openid-configuration`);
    await page.evaluate(`location.assign('${site.origin}/campaigns')`);
    await page.waitForURL(`${site.origin}/campaigns`);
    assert.match(await page.locator('.who').innerText(), /oidc:otto@example\.test\s+operator/);
  });
  test('a callback that another browser began signs nobody in', async (t) => {
    const { page, site } = await open(t);
    const begun = await beginSignIn(openBrowser(site));
    const stolen = await signInAt(locationOf(begun), 'mallory');
    await page.goto('/login');
    await page.goto(stolen.href);
    assert.match(await page.getByRole('alert').innerText(), /not begun in this browser/);
    await page.goto('/audit');
    assert.match(page.url(), /\/login\?next=%2Faudit$/);
  });
  test('somebody without a role is told so, and stays out', async (t) => {
    const opened = await open(t);
    const { page } = opened;
    await page.goto('/login');
    await signIn(opened, 'nobody');
    assert.match(await page.getByRole('alert').innerText(), /claim groups has a role here/);
    await keepScreenshot(page, 'console-login-no-role');
    await page.goto('/audit');
    assert.match(page.url(), /\/login/);
  });
  test('a provider that is down is told beside the form for passwords', async (t) => {
    const { page, provider } = await open(t);
    await provider[Symbol.asyncDispose]();
    await page.goto('/login');
    assert.match(await page.locator('.provider .refused').innerText(), /cannot be reached/);
    assert.equal(await page.getByLabel('Password').count(), 1);
    await keepScreenshot(page, 'console-login-provider-down');
  });
});
