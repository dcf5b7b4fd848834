import type { FastifyInstance } from 'fastify';
import { isOnThisMachine } from './access/client.ts';
import { localNext } from './local-next.ts';
import { bouncePage, loginPage, messagePage } from './plain-pages.ts';
import {
  comesFromElsewhere,
  cookieOptions,
  frameOf,
  keepCookie,
  requireOurForm,
  sendHtml,
  toNext,
  type BrowserSite,
  type Look,
  type Visit,
} from './visit.ts';
import { cookieName } from './visitor.ts';

/** `/login` and `/logout`. */
export function addLogin(app: FastifyInstance, site: BrowserSite, look: Look): void {
  const answer = async (visit: Visit, fault: string, status = 200) => {
    const obstacle = await obstacleOf(site, visit);
    const frame = frameOf(site, visit, 'Log in');
    keepCookie(visit);
    const { next } = (
      visit.request.method === 'GET' ? visit.request.query : visit.request.body
    ) as {
      readonly next?: unknown;
    };
    const body =
      obstacle === null
        ? loginPage(frame, { next: localNext(next), fault })
        : messagePage(frame, obstacle);
    return sendHtml(visit, body, obstacle === null ? status : 403);
  };
  app.get('/login', async (request, reply) => {
    const visit = await look(request, reply);
    if (comesFromElsewhere(visit)) return sendHtml(visit, bouncePage(localNext(request.url)));
    if (visit.visitor !== null) return toNext(visit);
    return answer(visit, '');
  });
  app.post('/login', async (request, reply) => {
    const visit = await look(request, reply);
    requireOurForm(visit);
    if ((await obstacleOf(site, visit)) !== null) return answer(visit, '');
    const { name, password } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || typeof password !== 'string')
      return answer(visit, 'Give a name and a password.', 400);
    const result = await site.login(visit.client, { name, password });
    site.events.consoleLogin(result.outcome);
    if (result.outcome === 'refused')
      return answer(visit, 'Name and password do not belong together.', 401);
    if (result.outcome !== 'accepted') {
      reply.header('retry-after', result.waitSeconds);
      return answer(visit, `Too many tries. Wait ${result.waitSeconds} s.`, 429);
    }
    if (visit.visitor !== null) site.access.sessions.end(visit.cookie);
    reply.setCookie(cookieName('session', visit.client), result.secret, cookieOptions(visit));
    reply.clearCookie(cookieName('visit', visit.client), cookieOptions(visit));
    return toNext(visit);
  });
  app.post('/logout', async (request, reply) => {
    const visit = await look(request, reply);
    requireOurForm(visit);
    site.access.sessions.end(visit.cookie);
    reply.clearCookie(cookieName('session', visit.client), cookieOptions(visit));
    return reply.redirect('/login', 303);
  });
}

/** Why nobody can log in here, as a sentence for a person, or null. */
async function obstacleOf({ access }: BrowserSite, { client }: Visit): Promise<string | null> {
  const state = await access.operators.state();
  if (state.kind === 'unusable')
    return 'The operators file cannot be used, so nobody can log in. The log says what is wrong with it.';
  if (state.kind === 'absent' || state.operators.length === 0)
    return 'There is no operator yet. On the machine of the proxy, run: aliaswatch operator add NAME --role admin';
  if (!client.isHttps && !isOnThisMachine(client))
    return 'A password would cross the network in the clear. Use https: give the console a certificate, or put it behind a reverse proxy.';
  return null;
}
