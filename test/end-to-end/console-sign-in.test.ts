import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openShell } from '../commands/shell.ts';
import { accounts } from '../console/certified-site.ts';
import { openBrowser } from '../console/console-site.ts';
import { beginSignIn, comeBack, isIn, locationOf } from '../console/oidc-site.ts';
import { clientId, signInAt, startOidcProvider } from '../support/oidc-provider.ts';
import { freePort } from '../support/smtp-ports.ts';
import { startSite } from './site.ts';

const shell = await openShell();
const nextHop = { host: '127.0.0.1', port: 1 };
const settings = {
  oidcClientId: clientId,
  oidcRoles: [{ value: 'mail-admins', role: 'admin' }],
} as const;

test('the whole proxy: in with a provider, counted, on record, and out by a command', async () => {
  const port = await freePort();
  const consoleUrl = `http://127.0.0.1:${port}`;
  const redirectUri = `${consoleUrl}/login/oidc/callback`;
  await using provider = await startOidcProvider({ accounts, redirectUri, clientSecret: null });
  const http = { host: '127.0.0.1', port };
  await using site = await startSite({
    nextHop,
    settings: { ...settings, http, consoleUrl, oidcIssuer: provider.issuer },
  });
  const reached = { port, origin: consoleUrl };
  const browser = openBrowser(reached);
  assert.equal(await isIn(browser), false, 'also on this machine');
  const back = await signInAt(locationOf(await beginSignIn(browser)), 'anna');
  assert.equal((await comeBack(reached, browser, back)).status, 303);
  assert.equal(await isIn(browser), true);
  const page = await browser.get('/audit');
  assert.match(page.body, /oidc:anna@example\.test/);
  const metrics = await (await fetch(`${consoleUrl}/metrics`)).text();
  assert.match(metrics, /aliaswatch_console_logins_total\{method="oidc",outcome="accepted"\} 1/);
  assert.match(metrics, /aliaswatch_console_logins_total\{method="oidc",outcome="unavailable"\} 0/);
  const environment = {
    ALIASWATCH_STATE_DIR: site.stateDir,
    ALIASWATCH_STORE: `sqlite:${site.stateDir}/baselines.db`,
  };
  const list = await shell.run(['operator', 'sessions'], { environment });
  assert.match(list.stdout, /oidc:anna@example\.test/);
  const name = 'oidc:anna@example.test';
  const revoked = await shell.run(['operator', 'revoke', '--operator', name], { environment });
  assert.equal(revoked.code, 0, revoked.stderr);
  assert.equal(await isIn(browser), false);
  const verified = await shell.run(['audit', 'verify'], { environment });
  assert.equal(verified.code, 0, verified.stdout);
});

test('settings that do not belong together keep it from starting, in a sentence', async () => {
  const issuer = 'https://login.example.com';
  await assert.rejects(
    startSite({ nextHop, settings: { ...settings, oidcIssuer: issuer } }),
    /^Error: oidcIssuer is given without consoleUrl: /,
  );
  await assert.rejects(
    startSite({ nextHop, settings: { passwordLogin: 'off' } }),
    /^Error: passwordLogin is off without oidcIssuer: nobody could log in$/,
  );
});
