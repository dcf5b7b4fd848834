import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { callbackPath, type OidcOptions } from '../../src/console/access/oidc/oidc-options.ts';
import { clientId } from '../support/oidc-provider.ts';
import {
  ask,
  startSite,
  type Answered,
  type Browser,
  type Site,
  type SiteOptions,
} from './console-site.ts';

export const clientSecret = 'the secret';

export const roles = [
  { value: 'mail-admins', role: 'admin' },
  { value: 'cn=soc,ou=groups', role: 'operator' },
  { value: 'helpdesk', role: 'viewer' },
] as const;

/** A provider for the address that it is to send browsers back to. */
export type StartProvider<Provider> = (redirectUri: string) => Promise<Provider>;

export type OidcSiteOptions = Omit<SiteOptions, 'access'> & {
  readonly oidc?: Partial<OidcOptions>;
  readonly passwordLogin?: boolean;
};

export type OidcSite<Provider> = {
  readonly site: Site;
  readonly provider: Provider;
  /** In force at once, as after a restart with other settings. */
  readonly oidc: { -readonly [Name in keyof OidcOptions]: OidcOptions[Name] };
};

/** The console with a provider; each knows where the other is. */
export async function startOidcSite<Provider extends AsyncDisposable & { readonly issuer: string }>(
  t: TestContext,
  start: StartProvider<Provider>,
  { oidc: given, passwordLogin = true, ...options }: OidcSiteOptions = {},
): Promise<OidcSite<Provider>> {
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-oidc-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const clientSecretFile = join(folder, 'secret');
  await writeFile(clientSecretFile, `${clientSecret}\n`);
  const oidc: OidcSite<Provider>['oidc'] = {
    issuer: 'http://127.0.0.1:1',
    clientId,
    clientSecretFile,
    scopes: 'openid email profile',
    roleClaim: 'groups',
    roles,
    nameClaim: 'email',
    consoleUrl: '',
    ...given,
  };
  const site = await startSite(t, { ...options, access: { oidc, passwordLogin } });
  oidc.consoleUrl = site.origin;
  const provider = await start(`${site.origin}${callbackPath}`);
  t.after(() => provider[Symbol.asyncDispose]());
  if (given?.issuer === undefined) oidc.issuer = provider.issuer;
  return { site, provider, oidc };
}

/** Presses the link on the login page; where the console sends the browser then. */
export async function beginSignIn(browser: Browser, next = '/access'): Promise<Answered> {
  const path = `/login/oidc?next=${encodeURIComponent(next)}`;
  return browser.get(path, { 'sec-fetch-site': 'same-origin' });
}

export function locationOf({ headers }: Answered): string {
  return String(headers['location']);
}

/**
 * Comes back from a provider on another site: first without cookies, which are `SameSite=Strict`, then from the page that
 * is answered, with them.
 */
export async function comeBack(
  site: Pick<Site, 'port'>,
  browser: Browser,
  to: URL,
): Promise<Answered> {
  const bounce = await ask(site, {
    path: `${to.pathname}${to.search}`,
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  const [, url = ''] = /content="0; url=([^"]*)"/.exec(bounce.body) ?? [];
  if (url === '' || bounce.setCookies.length > 0) throw new Error(`no bounce: ${bounce.status}`);
  return browser.get(url.replaceAll('&amp;', '&'), { 'sec-fetch-site': 'same-origin' });
}

export async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.get('/audit')).status === 200;
}

/** What is wrong, as the login page tells a person. */
export function faultOn({ body }: Answered): string {
  const [, text = ''] = /<p class="notice refused"[^>]*>([^<]*)</.exec(body) ?? [];
  return text.replace(/\s+/g, ' ').trim();
}
