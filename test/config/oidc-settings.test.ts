import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadSettings } from '../../src/config/load-settings.ts';

const load = (flags: Readonly<Record<string, unknown>>) =>
  loadSettings({ file: null, environment: {}, flags, hostname: 'mx.test' });

async function settingsOf(flags: Readonly<Record<string, unknown>>) {
  const loading = await load(flags);
  assert.ok(loading.ok, JSON.stringify(loading));
  return loading.settings;
}

test('roles of groups, also of groups whose names have commas and equals signs', async () => {
  const text = await settingsOf({ oidcRoles: 'mail-admins=admin, help desk = viewer' });
  assert.deepEqual(text.oidcRoles, [
    { value: 'mail-admins', role: 'admin' },
    { value: 'help desk', role: 'viewer' },
  ]);
  const list = await settingsOf({ oidcRoles: ['cn=soc,ou=groups=operator'] });
  assert.deepEqual(list.oidcRoles, [{ value: 'cn=soc,ou=groups', role: 'operator' }]);
});

test('an issuer is kept as it was written, the console is an origin, openid is always asked for', async () => {
  const settings = await settingsOf({
    oidcIssuer: 'https://login.example.com/realms/Staff/',
    consoleUrl: 'https://Console.example.com:8443/',
    oidcScopes: 'email groups',
  });
  assert.equal(settings.oidcIssuer, 'https://login.example.com/realms/Staff/');
  assert.equal(settings.consoleUrl, 'https://console.example.com:8443');
  assert.equal(settings.oidcScopes, 'openid email groups');
});

describe('refused', () => {
  const wrong: readonly (readonly [flags: Readonly<Record<string, unknown>>, told: RegExp])[] = [
    [{ oidcIssuer: 'http://login.example.com' }, /must be https/],
    [{ oidcIssuer: 'http://127.0.0.1.example.com' }, /must be https/],
    [{ oidcIssuer: 'http://192.0.2.1' }, /must be https/],
    [{ oidcIssuer: 'login.example.com' }, /is not a web address/],
    [{ oidcIssuer: 'javascript:alert(1)' }, /is not a web address/],
    [{ oidcIssuer: 'https://me:secret@login.example.com' }, /has more than/],
    [{ oidcIssuer: 'https://login.example.com?x' }, /has more than/],
    [{ consoleUrl: 'https://example.com/console' }, /has a path/],
    [{ consoleUrl: 'http://console.example.com' }, /must be https/],
    [{ oidcRoles: 'soc' }, /is not GROUP=ROLE/],
    [{ oidcRoles: 'soc=root' }, /is not GROUP=ROLE/],
    [{ oidcRoles: '=admin' }, /is not GROUP=ROLE/],
    [{ oidcScopes: 'openid  email' }, /is not a list of scopes/],
    [{ oidcNameClaim: 'name' }, /is not known here/],
    [{ oidcSessionMinutes: '1' }, /too small/],
    [{ passwordLogin: 'maybe' }, /is not known here/],
  ];
  for (const [flags, told] of wrong)
    test(JSON.stringify(flags), async () => {
      const loading = await load(flags);
      assert.equal(loading.ok, false);
      assert.match(loading.problems[0]?.message ?? '', told);
    });
  for (const issuer of ['http://localhost:8080/realms/x', 'http://[::1]:8080', 'http://127.0.0.1'])
    test(`but not ${issuer}, which is this machine`, async () => {
      assert.equal((await settingsOf({ oidcIssuer: issuer })).oidcIssuer, issuer);
    });
});
