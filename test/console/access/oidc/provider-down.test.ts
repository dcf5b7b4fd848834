import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openBrowser } from '../../console-site.ts';
import { beginSignIn, faultOn, isIn } from '../../oidc-site.ts';
import { paths, sendJson, type FaultyProvider } from './faulty-provider.ts';
import { openFaulty as open, signIn } from './faulty-site.ts';

describe('a provider that is', () => {
  type Down = {
    readonly name: string;
    readonly change: (provider: FaultyProvider) => unknown;
    readonly told: RegExp;
  };
  const metadata =
    (change: (provider: FaultyProvider) => Record<string, unknown>) =>
    (provider: FaultyProvider) => {
      Object.assign(provider.metadata, change(provider));
    };
  const down: readonly Down[] = [
    {
      name: 'down',
      change: (provider) => provider[Symbol.asyncDispose](),
      told: /cannot be reached \(ECONNREFUSED\)/,
    },
    {
      name: 'failing',
      change: ({ instead }) =>
        instead.set(paths.metadata, (_, response) => sendJson(response, {}, 503)),
      told: /answers with an error/,
    },
    {
      name: 'too talkative',
      change: ({ instead }) =>
        instead.set(paths.metadata, (_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          const more = () => {
            while (response.write(' '.repeat(65_536)));
          };
          response.on('drain', more);
          more();
        }),
      told: /answers with more than 524288 bytes/,
    },
    {
      name: 'no provider',
      change: ({ instead }) =>
        instead.set(paths.metadata, (_, response) => {
          response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
        }),
      told: /cannot be used \(OAUTH_RESPONSE_IS_NOT_JSON\)/,
    },
    {
      name: 'elsewhere now',
      change: ({ instead, issuer }) =>
        instead.set(paths.metadata, (_, response) => {
          response.writeHead(302, { location: `${issuer}/elsewhere` }).end();
        }),
      told: /cannot be used/,
    },
    {
      name: 'another one',
      change: metadata(() => ({ issuer: 'https://evil.example' })),
      told: /cannot be used \(OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED\)/,
    },
    {
      name: 'to be asked in the clear',
      change: metadata(() => ({ token_endpoint: 'http://192.0.2.1/token' })),
      told: /names no usable token_endpoint/,
    },
    {
      name: 'leading to a script',
      change: metadata(() => ({ authorization_endpoint: 'javascript:alert(1)' })),
      told: /names no usable authorization_endpoint/,
    },
    {
      name: 'without keys',
      change: metadata(() => ({ jwks_uri: undefined })),
      told: /names no usable jwks_uri/,
    },
  ];
  for (const { name, change, told } of down)
    test(`${name} is told on the login page, and passwords go on`, async (t) => {
      const opened = await open(t);
      await change(opened.provider);
      const { browser, site } = opened;
      const begun = await beginSignIn(browser);
      assert.equal(begun.status, 503);
      assert.match(faultOn(begun), told);
      assert.match(faultOn(await browser.get('/login')), told);
      assert.match(String(site.failures[0]), told);
      assert.deepEqual(site.logins, ['oidc unavailable']);
      assert.equal((await browser.login('anna')).status, 303);
      assert.equal(await isIn(browser), true);
    });
  test('back again is asked after half a minute, and once for all', async (t) => {
    const opened = await open(t);
    const { provider, site } = opened;
    provider.instead.set(paths.metadata, (_, response) => sendJson(response, {}, 500));
    const browsers = Array.from({ length: 10 }, () => openBrowser(site));
    await Promise.all(browsers.map((browser) => browser.get('/login')));
    assert.equal(provider.discoveries(), 1);
    provider.instead.clear();
    assert.equal((await beginSignIn(opened.browser)).status, 503);
    site.clock.nowMs += 30_000;
    assert.equal((await signIn(opened)).status, 303);
    assert.equal(provider.discoveries(), 2);
    for (const browser of browsers) await browser.get('/login');
    assert.equal(provider.discoveries(), 2, 'what it said is kept');
  });
  test('down once it is known goes on to be, until it is back', async (t) => {
    const opened = await open(t);
    const { provider, site } = opened;
    await opened.browser.get('/login');
    site.clock.nowMs += 2 * 3_600_000;
    provider.instead.set(paths.metadata, (_, response) => sendJson(response, {}, 500));
    assert.equal((await signIn(opened)).status, 303);
    assert.equal(provider.discoveries(), 2);
  });
  test('slow is waited for at most a second by the login page, five by a sign-in', async (t) => {
    const opened = await open(t);
    opened.provider.instead.set(paths.metadata, () => undefined);
    const startedMs = performance.now();
    const page = await opened.browser.get('/login');
    assert.equal(page.status, 200);
    assert.ok(performance.now() - startedMs < 2500);
    const begun = await beginSignIn(opened.browser);
    assert.match(faultOn(begun), /did not answer within 5 s/);
    assert.ok(performance.now() - startedMs < 8000);
  });
  const late: readonly Down[] = [
    {
      name: 'hanging',
      change: ({ instead }) => instead.set(paths.token, () => undefined),
      told: /did not answer within 5 s/,
    },
    {
      name: 'failing',
      change: ({ instead }) =>
        instead.set(paths.token, (_, response) => sendJson(response, {}, 502)),
      told: /answers with an error/,
    },
    {
      name: 'without keys to show',
      change: ({ instead }) => instead.set(paths.keys, (_, response) => response.destroy()),
      told: /cannot be reached/,
    },
    {
      name: 'too talkative',
      change: ({ instead }) =>
        instead.set(paths.token, (_, response) =>
          sendJson(response, { access_token: 'x'.repeat(600_000) }),
        ),
      told: /answers with more than 524288 bytes/,
    },
  ];
  for (const { name, change, told } of late)
    test(`${name} in the middle of a sign-in`, async (t) => {
      const opened = await open(t);
      await change(opened.provider);
      const answer = await signIn(opened);
      assert.equal(answer.status, 503);
      assert.match(faultOn(answer), told);
      assert.deepEqual(opened.site.audited, []);
      assert.equal(await isIn(opened.browser), false);
    });
});
