import type { FastifyInstance } from 'fastify';
import { isOidcName } from './access/oidc/oidc-name.ts';
import { localPath } from './html.ts';
import { localNext } from './local-next.ts';
import { bouncePage } from './plain-pages.ts';
import { afterSignOut, obstacleOf, showLogin } from './show-login.ts';
import {
  comesFromElsewhere,
  cookieOptions,
  requireOurForm,
  sendHtml,
  startSession,
  toNext,
  type BrowserSite,
  type Look,
} from './visit.ts';
import { cookieName } from './visitor.ts';

/** `/login` and `/logout`. */
export function addLogin(app: FastifyInstance, site: BrowserSite, look: Look): void {
  app.get('/login', async (request, reply) => {
    const visit = await look(request, reply);
    if (comesFromElsewhere(visit)) return sendHtml(visit, bouncePage(localNext(request.url)));
    if (visit.visitor !== null) return toNext(visit);
    return showLogin(site, visit);
  });
  app.post('/login', async (request, reply) => {
    const visit = await look(request, reply);
    requireOurForm(visit);
    const obstacle = await obstacleOf(site, visit);
    if (obstacle !== null) return showLogin(site, visit, { fault: obstacle, status: 403 });
    const { name, password } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || typeof password !== 'string')
      return showLogin(site, visit, { fault: 'Give a name and a password.', status: 400 });
    const result = await site.login(visit.client, { name, password });
    site.events.consoleLogin('password', result.outcome);
    if (result.outcome === 'refused')
      return showLogin(site, visit, {
        fault: 'Name and password do not belong together.',
        status: 401,
      });
    if (result.outcome !== 'accepted') {
      reply.header('retry-after', result.waitSeconds);
      const fault = `Too many tries. Wait ${result.waitSeconds} s.`;
      return showLogin(site, visit, { fault, status: 429 });
    }
    startSession(site, visit, result.secret);
    return toNext(visit);
  });
  app.post('/logout', async (request, reply) => {
    const visit = await look(request, reply);
    requireOurForm(visit);
    site.access.sessions.end(visit.cookie);
    reply.clearCookie(cookieName('session', visit.client), cookieOptions(visit));
    const query = isOidcName(visit.visitor?.name ?? '')
      ? { [afterSignOut.name]: afterSignOut.value }
      : {};
    return reply.redirect(localPath(['login'], query), 303);
  });
}
