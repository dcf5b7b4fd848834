import type { FastifyInstance, FastifyReply } from 'fastify';
import { isFromOtherSite } from './access/csrf.ts';
import { callbackPath } from './access/oidc/oidc-options.ts';
import type { ProviderFault } from './access/oidc/provider-fault.ts';
import { localPath } from './html.ts';
import { localNext } from './local-next.ts';
import { bouncePage } from './plain-pages.ts';
import { showLogin } from './show-login.ts';
import {
  keepCookie,
  sendHtml,
  startSession,
  toNext,
  type BrowserSite,
  type Look,
  type Visit,
} from './visit.ts';

/** What a provider sends browsers back with (RFC 6749 §4.1.2, RFC 9207 §2); anything else is dropped. */
const fieldNames = ['code', 'state', 'iss', 'error'] as const;
/** Marks the second time that a browser brings the answer. */
const bounced = 'here';

/** `/login/oidc`, where sign-in with a provider begins, and the callback, where it ends. */
export function addOidcLogin(app: FastifyInstance, site: BrowserSite, look: Look): void {
  const { signIn } = site;
  if (signIn === null) return;
  const tooMany = (visit: Visit, waitSeconds: number) => {
    visit.reply.header('retry-after', waitSeconds);
    return showLogin(site, visit, { fault: `Too many tries. Wait ${waitSeconds} s.`, status: 429 });
  };
  const tell = ({ message }: ProviderFault) =>
    site.events.consoleFailed(new Error(`the sign-in provider ${message}`));
  app.get('/login/oidc', async (request, reply) => {
    const visit = await look(request, reply);
    const { visitor, client, cookie } = visit;
    if (visitor !== null) return toNext(visit);
    const next = localNext((request.query as { readonly next?: unknown }).next);
    // Nobody else begins it for somebody; and it ends at one address, where a cookie of another would be missing.
    if (isFromOtherSite(request.raw, client) || client.origin !== site.access.oidc?.consoleUrl)
      return reply.redirect(localPath(['login'], { next }), 303);
    const begun = await signIn.begin({ address: client.address, cookie, next });
    if (begun.outcome === 'begun') {
      keepCookie(visit);
      return reply.redirect(begun.url, 303);
    }
    site.events.consoleLogin('oidc', begun.outcome);
    if (begun.outcome === 'limited') return tooMany(visit, begun.waitSeconds);
    tell(begun.fault);
    return showLogin(site, visit, { status: 503 });
  });
  app.get(callbackPath, async (request, reply): Promise<FastifyReply> => {
    const visit = await look(request, reply);
    const asked = new URLSearchParams(request.url.split('?').slice(1).join('?'));
    const fields = new URLSearchParams(
      fieldNames.flatMap((name) =>
        asked.getAll(name).map((value): [string, string] => [name, value]),
      ),
    );
    // A provider on another site leads here, so the browser kept its cookies back (`SameSite=Strict`).
    if (visit.isNewCookie && !asked.has(bounced))
      return sendHtml(visit, bouncePage(`${callbackPath}?${fields.toString()}&${bounced}=1`));
    const { address } = visit.client;
    const finished = await signIn.finish({ address, cookie: visit.cookie, fields });
    site.events.consoleLogin('oidc', finished.outcome);
    if (finished.outcome === 'accepted') {
      startSession(site, visit, finished.secret);
      return reply.redirect(finished.next, 303);
    }
    if (finished.outcome === 'busy') return tooMany(visit, finished.waitSeconds);
    if (finished.fault !== null) tell(finished.fault);
    if (finished.outcome === 'refused')
      return showLogin(site, visit, { fault: finished.reason, status: 403 });
    const fault = `The provider ${finished.fault.message}. Begin again in a moment.`;
    return showLogin(site, visit, { fault, status: 503 });
  });
}
