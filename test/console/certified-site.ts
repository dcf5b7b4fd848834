import type { TestContext } from 'node:test';
import { signInAt, startOidcProvider, type OidcProviderOptions } from '../support/oidc-provider.ts';
import type { Browser } from './console-site.ts';
import {
  beginSignIn,
  comeBack,
  locationOf,
  startOidcSite,
  type OidcSiteOptions,
} from './oidc-site.ts';

/** What the provider says of them. */
export const accounts = {
  anna: { email: 'Anna@example.test', email_verified: true, groups: ['staff', 'mail-admins'] },
  otto: { email: 'otto@example.test', email_verified: true, groups: ['cn=soc,ou=groups'] },
  vera: { email: 'vera@example.test', email_verified: true, groups: 'helpdesk' },
  mallory: { email: 'anna@example.test', email_verified: false, groups: ['helpdesk'] },
  nobody: { email: 'nobody@example.test', email_verified: true, groups: ['staff'] },
  claimless: {},
};

/** The console with the certified provider. */
export function openCertified(
  t: TestContext,
  { provider, ...options }: OidcSiteOptions & { provider?: Partial<OidcProviderOptions> } = {},
) {
  const start = (redirectUri: string) => startOidcProvider({ accounts, redirectUri, ...provider });
  return startOidcSite(t, start, options);
}

type Opened = Awaited<ReturnType<typeof openCertified>>;

/** As somebody of the accounts: there, and back. */
export async function signIn({ site }: Opened, browser: Browser, login: string, next?: string) {
  const begun = await beginSignIn(browser, next);
  return comeBack(site, browser, await signInAt(locationOf(begun), login));
}
