import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oidcNameOf } from '../../../../src/console/access/oidc/oidc-name.ts';
import { payloads } from '../../xss-payloads.ts';
import { openFaulty as open, refuses, signIn } from './faulty-site.ts';

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
