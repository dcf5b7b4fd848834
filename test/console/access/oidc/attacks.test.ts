import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { oidcNameOf } from '../../../../src/console/access/oidc/oidc-name.ts';
import { openBrowser, type Answered } from '../../console-site.ts';
import {
  beginSignIn,
  clientSecret,
  comeBack,
  faultOn,
  isIn,
  locationOf,
  startOidcSite,
  type OidcSiteOptions,
} from '../../oidc-site.ts';
import { payloads } from '../../xss-payloads.ts';
import {
  newKey,
  paths,
  sendJson,
  startFaultyProvider,
  type FaultyProvider,
} from './faulty-provider.ts';

const code = 'the-code-of-the-provider';

async function open(t: TestContext, options: OidcSiteOptions = {}) {
  const opened = await startOidcSite(t, startFaultyProvider, options);
  const browser = openBrowser(opened.site);
  /** Nothing secret is told to anybody, whatever happened. */
  t.after(() => {
    const { audited, failures, sessions } = opened.site;
    const told = JSON.stringify([audited, failures.map(String), sessions.list()]);
    for (const secret of [code, clientSecret, 'an-access-token', 'eyJ'])
      assert.equal(told.includes(secret), false, secret);
  });
  return { ...opened, browser };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** There and back; `change` forges what the browser brings back. */
async function signIn(
  { site, provider, browser }: Opened,
  change: (fields: URLSearchParams) => void = () => undefined,
): Promise<Answered> {
  const asked = new URL(locationOf(await beginSignIn(browser))).searchParams;
  provider.nonce = asked.get('nonce') ?? '';
  const fields = new URLSearchParams({
    code,
    state: asked.get('state') ?? '',
    iss: provider.issuer,
  });
  change(fields);
  return comeBack(
    site,
    browser,
    new URL(`${site.origin}/login/oidc/callback?${fields.toString()}`),
  );
}

async function refuses(opened: Opened, answer: Answered, fault: RegExp): Promise<void> {
  assert.equal(answer.status, 403);
  assert.match(faultOn(answer), fault);
  assert.equal(await isIn(opened.browser), false);
  assert.deepEqual(opened.site.sessions.list(), []);
  assert.deepEqual(opened.site.logins, ['oidc refused']);
}

test('an honest one is believed, and gets secret and verifier in the body', async (t) => {
  const opened = await open(t);
  assert.equal((await signIn(opened)).status, 303);
  assert.equal(await isIn(opened.browser), true);
  const sent = new URLSearchParams(opened.provider.redeemed[0]);
  assert.equal(sent.get('client_secret'), clientSecret);
  assert.equal(sent.get('redirect_uri'), `${opened.site.origin}/login/oidc/callback`);
  assert.match(sent.get('code_verifier') ?? '', /^[\w-]{43}$/);
});

describe('what a browser brings back', () => {
  const forged: readonly {
    name: string;
    change: (fields: URLSearchParams) => void;
    fault: RegExp;
    /** Nothing of this browser: told to nobody but the counter. */
    isUnknown?: true;
  }[] = [
    {
      name: 'a wrong state',
      change: (fields) => fields.set('state', 'A'.repeat(43)),
      fault: /not begun in this browser/,
      isUnknown: true,
    },
    {
      name: 'no state',
      change: (fields) => fields.delete('state'),
      fault: /not begun in this browser/,
      isUnknown: true,
    },
    {
      name: 'a state twice',
      change: (fields) => fields.append('state', 'another'),
      fault: /cannot be used \(OAUTH_INVALID_RESPONSE\)/,
    },
    {
      name: 'another issuer (mix-up, RFC 9207)',
      change: (fields) => fields.set('iss', 'https://evil.example'),
      fault: /cannot be used \(OAUTH_INVALID_RESPONSE\)/,
    },
    {
      name: 'no issuer, where the provider names itself',
      change: (fields) => fields.delete('iss'),
      fault: /cannot be used \(OAUTH_INVALID_RESPONSE\)/,
    },
    {
      name: 'no code',
      change: (fields) => fields.delete('code'),
      fault: /cannot be used/,
    },
    {
      name: 'a refusal of the provider',
      change: (fields) => fields.set('error', 'access_denied'),
      fault: /^The provider says `access_denied`\.$/,
    },
    {
      name: 'a refusal that is markup',
      change: (fields) => fields.set('error', '<img src=x onerror=alert(1)>'),
      fault: /^The provider gave an answer that cannot be used/,
    },
  ];
  for (const { name, change, fault, isUnknown } of forged)
    test(name, async (t) => {
      const opened = await open(t);
      const answer = await signIn(opened, change);
      await refuses(opened, answer, fault);
      assert.doesNotMatch(answer.body, /<img/);
      assert.deepEqual(opened.provider.redeemed, [], 'no code is sent to anybody');
      assert.deepEqual(
        opened.site.audited.map(({ act, actor }) => [act, actor.name]),
        isUnknown ? [] : [['login-refused', 'nobody']],
      );
    });
  test('a code that is 6 kB long is one all the same; 20 kB is no request', async (t) => {
    const opened = await open(t);
    assert.equal((await signIn(opened, (f) => f.set('code', 'c'.repeat(6000)))).status, 303);
    opened.browser.cookies.clear();
    await assert.rejects(
      signIn(opened, (f) => f.set('code', 'c'.repeat(20_000))),
      /bounce: 431/,
    );
  });
});

describe('an ID token', () => {
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  const wrong: readonly {
    name: string;
    change: (provider: FaultyProvider) => void;
    code: string;
  }[] = [
    {
      name: 'with another nonce',
      change: (provider) => void (provider.claims = { nonce: 'A'.repeat(43) }),
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      name: 'without a nonce',
      change: (provider) => void (provider.claims = { nonce: undefined }),
      code: 'OAUTH_INVALID_RESPONSE',
    },
    {
      name: 'of another issuer',
      change: (provider) => void (provider.claims = { iss: 'https://evil.example' }),
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      name: 'for another audience',
      change: (provider) => void (provider.claims = { aud: 'another-client' }),
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      name: 'for us among others, and authorized for another',
      change: (provider) => void (provider.claims = { aud: ['aliaswatch', 'other'], azp: 'other' }),
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    },
    {
      name: 'signed by another key, under the name of the right one',
      change: (provider) => void (provider.signed = { key: newKey() }),
      code: 'OAUTH_INVALID_RESPONSE',
    },
    {
      name: 'signed by a key that the provider does not have',
      change: (provider) => void (provider.signed = { key: newKey(), kid: 'second' }),
      code: 'OAUTH_KEY_SELECTION_FAILED',
    },
    {
      name: 'signed by nobody',
      change: (provider) => void (provider.signed = { alg: 'none' }),
      code: 'OAUTH_INVALID_RESPONSE',
    },
    {
      name: 'signed by nobody, where the provider says that it does so',
      change: (provider) => {
        provider.signed = { alg: 'none' };
        provider.metadata['id_token_signing_alg_values_supported'] = ['none', 'RS256'];
      },
      code: 'OAUTH_UNSUPPORTED_OPERATION',
    },
    {
      name: 'signed with our secret, which others may know (HS256)',
      change: (provider) => {
        provider.signed = { alg: 'HS256', secret: clientSecret };
        provider.metadata['id_token_signing_alg_values_supported'] = ['HS256', 'RS256'];
      },
      code: 'OAUTH_UNSUPPORTED_OPERATION',
    },
    {
      name: 'that expired before the tolerated minute',
      change: (provider) => void (provider.claims = { exp: nowSeconds() - 90 }),
      code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
    },
    {
      name: 'that is not valid yet',
      change: (provider) => void (provider.claims = { nbf: nowSeconds() + 90 }),
      code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
    },
    {
      name: 'without a subject',
      change: (provider) => void (provider.claims = { sub: undefined }),
      code: 'OAUTH_INVALID_RESPONSE',
    },
    {
      name: 'that is none',
      change: ({ instead }) =>
        instead.set(paths.token, (_, response) =>
          sendJson(response, { access_token: 'an-access-token', token_type: 'bearer' }),
        ),
      code: 'OAUTH_INVALID_RESPONSE',
    },
  ];
  for (const { name, change, code: told } of wrong)
    test(`${name} is refused`, async (t) => {
      const opened = await open(t);
      change(opened.provider);
      await refuses(opened, await signIn(opened), new RegExp(`\\(${told}\\)`));
      const [record] = opened.site.audited;
      assert.equal(record?.act, 'login-refused');
      assert.match(String(record.facts['cause']), /^the provider gave an answer/);
    });
  for (const [name, claims] of [
    ['fast', () => ({ iat: nowSeconds() + 45, nbf: nowSeconds() + 45 })],
    ['slow', () => ({ iat: nowSeconds() - 345, exp: nowSeconds() - 45 })],
  ] as const)
    test(`of a clock that is 45 s ${name} is taken`, async (t) => {
      const opened = await open(t);
      opened.provider.claims = claims();
      assert.equal((await signIn(opened)).status, 303);
    });
});

describe('claims', () => {
  const hostile = [
    ...payloads,
    '\u202Egro.elpmaxe@anna',
    'anna\u200B@example.test',
    'anna@example.test\n',
    'аnna@example.test',
    'user:otto',
    'x'.repeat(10_000),
    `${'x'.repeat(10_000)}@example.test`,
  ];
  for (const nameClaim of ['email', 'preferred_username', 'sub'] as const)
    test(`that are hostile name nobody, and stand on no page: ${nameClaim}`, async (t) => {
      const opened = await open(t, { oidc: { nameClaim } });
      const { browser, provider, site } = opened;
      for (const value of hostile) {
        browser.cookies.clear();
        provider.claims =
          nameClaim === 'sub' ? { sub: value } : { [nameClaim]: value, email_verified: true };
        assert.equal((await signIn(opened)).status, 303, value.slice(0, 40));
        const name = site.audited.at(-1)?.actor.name ?? '';
        assert.match(name, nameClaim === 'sub' ? /^oidc:sub:sha256-\w{40}$/ : /^oidc:sub:anna$/);
      }
      const name = site.audited.at(-1)?.actor.name ?? '';
      for (const path of ['/', '/access', '/audit', '/acts', '/requests', '/quarantine']) {
        const { body, status } = await browser.get(path);
        assert.equal(status, 200, path);
        assert.ok(body.includes(`${name}</bdi>`), path);
        for (const value of hostile) assert.ok(!body.includes(value), `${path}: ${value}`);
      }
    });
  test('of a colon do not pass for a subject', () => {
    const claims = { sub: 'otto', email: 'sub:anna@example.test', email_verified: true };
    assert.equal(oidcNameOf(claims, 'email'), 'oidc:sub:otto');
    assert.equal(
      oidcNameOf({ sub: 'user:anna' }, 'sub'),
      oidcNameOf({ sub: 'user:anna' }, 'email'),
    );
    assert.match(oidcNameOf({ sub: 'user:anna' }, 'sub'), /^oidc:sub:sha256-/);
    for (const isVerified of [false, 'true', 1, undefined])
      assert.equal(
        oidcNameOf({ sub: 'x', email: 'a@b.test', email_verified: isVerified }, 'email'),
        'oidc:sub:x',
      );
  });
  const noRoles: readonly unknown[] = [
    undefined,
    null,
    true,
    42,
    {},
    { 'mail-admins': true },
    ['MAIL-ADMINS'],
    ['mail-admins '],
    ['mail-admins,helpdesk'],
    [['mail-admins']],
    'mail-admins helpdesk',
    '',
    ['x'.repeat(10_000)],
    Array.from({ length: 5000 }, (_, index) => `group-${index}`),
  ];
  test('of another form than we expect give no role', async (t) => {
    const opened = await open(t);
    for (const groups of noRoles) {
      opened.provider.claims = { groups };
      const answer = await signIn(opened);
      assert.equal(answer.status, 403, JSON.stringify({ groups }).slice(0, 60));
    }
    assert.deepEqual(opened.site.sessions.list(), []);
  });
  for (const roleClaim of ['__proto__', 'constructor', 'toString'])
    test(`nobody sent give no role: ${roleClaim}`, async (t) => {
      const opened = await open(t, { oidc: { roleClaim } });
      await refuses(opened, await signIn(opened), /has a role here/);
    });
});

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
