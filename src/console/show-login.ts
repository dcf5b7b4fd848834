import type { FastifyReply } from 'fastify';
import { isOnThisMachine } from './access/client.ts';
import { localPath } from './html.ts';
import { localNext } from './local-next.ts';
import { loginPage, messagePage, type ProviderShown } from './plain-pages.ts';
import { frameOf, keepCookie, sendHtml, type BrowserSite, type Visit } from './visit.ts';

/** Longest wait of the login page for a provider that nothing is known of yet. */
const patienceMs = 1000;

/** Query of the login page for somebody who came with the provider, and just logged out. */
export const afterSignOut = { name: 'out', value: 'provider' } as const;

export type LoginFault = {
  /** A sentence. */
  readonly fault?: string;
  readonly status?: number;
};

/** The login page, with every way in that there is. */
export async function showLogin(
  site: BrowserSite,
  visit: Visit,
  { fault = '', status = 200 }: LoginFault = {},
): Promise<FastifyReply> {
  const obstacle = await obstacleOf(site, visit);
  const frame = frameOf(site, visit, 'Log in');
  keepCookie(visit);
  const fields = fieldsOf(visit);
  const next = localNext(fields['next']);
  const isAfterSignOut = fields[afterSignOut.name] === afterSignOut.value;
  const provider = await providerOf(site, visit, { next, isAfterSignOut });
  if (provider === null && obstacle !== null)
    return sendHtml(visit, messagePage(frame, obstacle), 403);
  const passwords = await passwordsOf(site, obstacle);
  return sendHtml(visit, loginPage(frame, { next, fault, passwords, provider }), status);
}

/** Why nobody can log in with a password here, as a sentence for a person, or null. */
export async function obstacleOf(
  { access }: BrowserSite,
  { client }: Visit,
): Promise<string | null> {
  if (!access.passwordLogin) return 'Passwords are switched off.';
  const state = await access.operators.state();
  if (state.kind === 'unusable')
    return 'The operators file cannot be used, so nobody can log in with a password. The log says what is wrong with it.';
  if (state.kind === 'absent' || state.operators.length === 0)
    return 'There is no operator yet. On the machine of the proxy, run: aliaswatch operator add NAME --role admin';
  if (!client.isHttps && !isOnThisMachine(client))
    return 'A password would cross the network in the clear. Use https: give the console a certificate, or put it behind a reverse proxy.';
  return null;
}

/** Beside a provider it is no obstacle to tell of that nobody has a password. */
async function passwordsOf({ access }: BrowserSite, obstacle: string | null) {
  if (obstacle === null) return 'form';
  const state = await access.operators.state();
  const isEmpty = state.kind === 'ready' && state.operators.length === 0;
  return !access.passwordLogin || isEmpty ? null : { obstacle };
}

async function providerOf(
  { access: { oidc }, signIn }: BrowserSite,
  { client }: Visit,
  { next, isAfterSignOut }: { readonly next: string; readonly isAfterSignOut: boolean },
): Promise<ProviderShown | null> {
  if (oidc === null || signIn === null) return null;
  const isElsewhere = client.origin !== oidc.consoleUrl;
  return {
    name: new URL(oidc.issuer).host,
    href: isElsewhere ? `${oidc.consoleUrl}/login` : localPath(['login', 'oidc'], { next }),
    isElsewhere,
    trouble: await signIn.trouble(patienceMs),
    signOutHref: isAfterSignOut ? await signIn.signOutUrl() : null,
  };
}

function fieldsOf({ request }: Visit): Readonly<Record<string, unknown>> {
  const fields = request.method === 'POST' ? request.body : request.query;
  return (fields ?? {}) as Readonly<Record<string, unknown>>;
}
