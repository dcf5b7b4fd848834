import assert from 'node:assert/strict';
import { after, describe, test, type TestContext } from 'node:test';
import { pageRoutes } from '../../src/console/page-routes.ts';
import { heldMessage } from '../quarantine/samples.ts';
import { keepScreenshot, openChromium, watchPage, withoutChromium } from '../support/browser.ts';
import { password, someAlias, startSite } from './console-site.ts';
import { recordingReview } from './recording-review.ts';
import { payloads } from './xss-payloads.ts';

const { envelope } = heldMessage();
const held = heldMessage({
  envelope: {
    ...envelope,
    rcptTo: ['ann@example.test', 'ben@example.test'],
    rcptParameters: ['', ''],
  },
});
const skip = withoutChromium;

let chromium: Awaited<ReturnType<typeof openChromium>> | null = null;
after(() => chromium?.close());

async function open(t: TestContext, messages = [held]) {
  const site = await startSite(t, { review: recordingReview(messages) });
  chromium ??= await openChromium();
  const watched = await watchPage(chromium, site.origin);
  t.after(() => watched.context.close());
  return { site, ...watched };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function login({ page }: Opened, name: string, next = '/quarantine'): Promise<void> {
  await page.goto(next);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(`**${next}`);
}

function filled(path: string): string {
  const values: Readonly<Record<string, string>> = { campaigns: held.campaign, aliases: someAlias };
  return path.replace(/:\w+/, values[path.split('/')[1] ?? ''] ?? held.id);
}

describe('in Chromium', { skip, concurrency: false }, () => {
  test('a message that follows a campaign does not look like one of it', async (t) => {
    const ids = ['a', 'b', 'c', 'd'].map((letter) => `0mh2q7k1c4x9p0zv5t0${letter}`);
    const campaigns = ['0c1d2e3f4a5b', '0c1d2e3f4a5b', '', '1c1d2e3f4a5b'];
    const messages = ids.map((id, index) => ({ ...held, id, campaign: campaigns[index] ?? '' }));
    const opened = await open(t, messages);
    const { page } = opened;
    await login(opened, 'otto');
    for (const [width, barred] of [
      [1280, 'tr > :first-child'],
      [400, 'tr'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      const styles = (what: string, property: string) =>
        page.evaluate<string[]>(
          `[...document.querySelectorAll('.held tbody.${what}')].map((element) => getComputedStyle(element).${property})`,
        );
      const bars = async (group: string) =>
        (await styles(`${group} ${barred}`, 'boxShadow')).map((shadow) => shadow !== 'none');
      assert.deepEqual(await bars('together'), [true, true, true], 'its head and both messages');
      assert.deepEqual(await bars('alone'), [false, false]);
      await keepScreenshot(page, `console-groups-${width}`);
      assert.deepEqual(await styles('together + tbody', 'borderTopWidth'), ['10px']);
    }
  });

  test('from the login through every page to the logout, without a complaint', async (t) => {
    const opened = await open(t);
    const { page, complaints, foreign, context } = opened;
    await login(opened, 'anna');
    const [cookie] = (await context.cookies()).filter(({ name }) => name.endsWith('-session'));
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict']);
    for (const { path } of pageRoutes) {
      const response = await page.goto(filled(path));
      assert.equal(response?.status(), 200, path);
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, path);
      await keepScreenshot(page, `console${filled(path).replaceAll('/', '-')}`);
    }
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL('**/login');
    await page.goBack();
    await page.reload();
    assert.match(page.url(), /\/login/);
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign, []);
  });
  test('a message is released to the recipients that are ticked, with the reason', async (t) => {
    const opened = await open(t);
    const { page, site, complaints } = opened;
    await login(opened, 'otto', `/quarantine/${held.id}`);
    const boxes = page.locator('input[name="recipient"]');
    assert.equal(await boxes.count(), held.envelope.rcptTo.length);
    await boxes.nth(0).uncheck();
    await page.locator('form[data-keys-form] input[name=reason]').fill('asked by phone');
    await page.getByRole('button', { name: 'Release' }).click();
    await page.locator('.notice', { hasText: 'Released' }).waitFor({ timeout: 10_000 });
    const [call] = site.review.calls;
    assert.deepEqual(call?.args, [
      { message: held.id },
      { kind: 'operator', name: 'otto', via: 'console' },
      { reason: 'asked by phone', recipients: held.envelope.rcptTo.slice(1) },
    ]);
    for (const box of await boxes.all()) await box.uncheck();
    await page.getByRole('button', { name: 'Release' }).click();
    await page.locator('.notice', { hasText: 'Tick at least one' }).waitFor({ timeout: 10_000 });
    assert.equal(site.review.calls.length, 1, 'nobody ticked is nobody');
    assert.deepEqual(complaints, []);
  });
  test('a viewer sees, and has nothing to press', async (t) => {
    const opened = await open(t);
    await login(opened, 'vera', `/quarantine/${held.id}`);
    for (const name of ['Release', 'Delete', 'Confirm attack'])
      assert.equal(await opened.page.getByRole('button', { name }).count(), 0, name);
  });
  test('the theme is kept', async (t) => {
    const opened = await open(t);
    const { page, complaints } = opened;
    await login(opened, 'vera', '/quarantine');
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.waitForURL('**/quarantine');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await keepScreenshot(page, 'console-quarantine-dark');
    assert.deepEqual(complaints, []);
  });
  test('a page of another site can neither frame, read nor act', async (t) => {
    const opened = await open(t);
    const { page, site } = opened;
    await login(opened, 'anna');
    const fields = { act: 'delete', message: held.id };
    // The same machine by another name is another site.
    const foreign = site.origin.replace('127.0.0.1', 'localhost');
    await page.goto(`${foreign}/login`);
    const statuses = await page.evaluate(
      async ({ origin, body }) => {
        const ask = (path: string, init: object) =>
          fetch(origin + path, { ...init, credentials: 'include' }).then(
            ({ status }) => status,
            () => 'refused',
          );
        return [
          await ask('/api/v1/messages', {}),
          await ask('/act', { method: 'POST', body: new URLSearchParams(body) }),
        ];
      },
      { origin: site.origin, body: fields },
    );
    assert.deepEqual(statuses, ['refused', 'refused']);
    assert.deepEqual(site.review.calls, []);
  });
  test('what a message says runs nowhere', async (t) => {
    const messages = payloads.map((payload, index) => ({
      ...held,
      id: `0mh2q7k1c4x9p0zv5t${String(index).padStart(3, '0')}`,
      subject: payload,
      from: payload,
      reason: payload,
      envelope: { ...held.envelope, rcptTo: [payload, 'ben@example.com'] },
    }));
    const shown: typeof messages = [];
    const opened = await open(t, shown);
    const { page, complaints, foreign } = opened;
    await login(opened, 'anna');
    const shows = async (path: string, some: typeof messages) => {
      shown.splice(0, shown.length, ...some);
      await page.goto(path, { waitUntil: 'domcontentloaded' });
      for (const { id, subject } of some)
        assert.ok((await page.locator(`[href*="${id}"]`).count()) > 0, subject);
      const payloadsHere = some.map(({ subject }) => subject).join('\n');
      assert.equal(await page.evaluate(() => 'hacked' in globalThis), false, payloadsHere);
    };
    for (let from = 0; from < messages.length; from += 20)
      await shows('/quarantine', messages.slice(from, from + 20));
    for (const message of messages.filter((_, index) => index % 4 === 1))
      await shows(`/quarantine/${message.id}`, [message]);
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign, []);
  });
});
