import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openBrowser } from '../../console-site.ts';
import { beginSignIn, clientSecret, isIn, locationOf } from '../../oidc-site.ts';
import { newKey, paths, sendJson, type FaultyProvider } from './faulty-provider.ts';
import { openFaulty as open, refuses, signIn } from './faulty-site.ts';

test('an honest one is believed, and gets secret and verifier in the body', async (t) => {
  const opened = await open(t);
  assert.equal((await signIn(opened)).status, 303);
  assert.equal(await isIn(opened.browser), true);
  const sent = new URLSearchParams(opened.provider.redeemed[0]);
  assert.equal(sent.get('client_secret'), clientSecret);
  assert.equal(sent.get('redirect_uri'), `${opened.site.origin}/login/oidc/callback`);
  assert.match(sent.get('code_verifier') ?? '', /^[\w-]{43}$/);
});

test('behind a reverse proxy: back to the name that people know, with cookies for https alone', async (t) => {
  const { site, provider, oidc } = await open(t, { client: { trustedProxies: ['127.0.0.1/32'] } });
  oidc.consoleUrl = 'https://console.test';
  const host = 'console.test';
  const browser = openBrowser(site, { host, 'x-forwarded-proto': 'https' });
  const begun = await beginSignIn(browser);
  assert.match(
    begun.setCookies.join(),
    /^__Host-aliaswatch-visit=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const asked = new URL(locationOf(begun)).searchParams;
  assert.equal(asked.get('redirect_uri'), 'https://console.test/login/oidc/callback');
  provider.nonce = asked.get('nonce') ?? '';
  const state = asked.get('state') ?? '';
  const fields = new URLSearchParams({ code: 'x', state, iss: provider.issuer });
  const answer = await browser.get(`/login/oidc/callback?${fields.toString()}`);
  assert.equal(answer.status, 303);
  assert.match(
    answer.setCookies.join(),
    /__Host-aliaswatch-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict/,
  );
  assert.equal(await isIn(browser), true);
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
