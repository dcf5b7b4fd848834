import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openBrowser, type Answered, type Site } from '../../console-site.ts';
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
import { startFaultyProvider } from './faulty-provider.ts';

const code = 'the-code-of-the-provider';

/** The console with a provider that can be told to do wrong, and a browser. */
export async function openFaulty(t: TestContext, options: OidcSiteOptions = {}) {
  let site: Site | null = null;
  /** Nothing secret is told to anybody, whatever happened. Before the site is closed: then its sessions are gone. */
  t.after(() => {
    if (site === null) return;
    const { audited, failures, sessions } = site;
    const told = JSON.stringify([audited, failures.map(String), sessions.list()]);
    for (const secret of [code, clientSecret, 'an-access-token', 'eyJ'])
      assert.equal(told.includes(secret), false, secret);
  });
  const opened = await startOidcSite(t, startFaultyProvider, options);
  site = opened.site;
  return { ...opened, browser: openBrowser(opened.site) };
}

type Opened = Awaited<ReturnType<typeof openFaulty>>;

/** There and back; `change` forges what the browser brings back. */
export async function signIn(
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

export async function refuses(opened: Opened, answer: Answered, fault: RegExp): Promise<void> {
  assert.equal(answer.status, 403);
  assert.match(faultOn(answer), fault);
  assert.equal(await isIn(opened.browser), false);
  assert.deepEqual(opened.site.sessions.list(), []);
  assert.deepEqual(opened.site.logins, ['oidc refused']);
}
