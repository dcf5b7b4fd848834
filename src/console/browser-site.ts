import { fileURLToPath } from 'node:url';
import cookiePlugin from '@fastify/cookie';
import formbody from '@fastify/formbody';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FormRefusal, formRoutes } from './form-routes.ts';
import { forms } from './forms.ts';
import { localNext } from './local-next.ts';
import { addLogin } from './login-routes.ts';
import { addOidcLogin } from './oidc-routes.ts';
import { refusalOf } from './refusal.ts';
import { PageProblem, type PageInput } from './page-route.ts';
import { bouncePage, messagePage } from './plain-pages.ts';
import {
  comesFromElsewhere,
  cookieOptions,
  frameOf,
  keepCookie,
  lookAt,
  requireOurForm,
  requireRole,
  sendHtml,
  themeCookie,
  toLogin,
  toNext,
  type BrowserSite,
  type Look,
  type Visit,
} from './visit.ts';

const assets = fileURLToPath(new URL('./assets', import.meta.url));
const themeSeconds = 31_536_000;

/** Pages, forms and login, as one context of fastify. */
export function browserSite(site: BrowserSite): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    await app.register(cookiePlugin);
    await app.register(formbody, { bodyLimit: 262_144 });
    await app.register(staticFiles, {
      root: assets,
      prefix: '/assets/',
      index: false,
      dotfiles: 'deny',
      decorateReply: false,
      cacheControl: false,
    });
    const look = lookAt(site);
    app.setErrorHandler(async (error, request, reply) =>
      sendProblem(site, await look(request, reply), problemOf(site, error)),
    );
    app.setNotFoundHandler(async (request, reply) =>
      sendProblem(site, await look(request, reply), nothingHere),
    );
    addLogin(app, site, look);
    addOidcLogin(app, site, look);
    addPages(app, site, look);
    addForms(app, site, look);
  };
}

const nothingHere = new PageProblem(404, 'Nothing here', 'There is no page at this address.');

function addPages(app: FastifyInstance, site: BrowserSite, look: Look): void {
  for (const route of site.pages)
    app.get(route.path, async (request, reply) => {
      const visit = await look(request, reply);
      const { visitor } = visit;
      if (comesFromElsewhere(visit)) return sendHtml(visit, bouncePage(localNext(request.url)));
      if (visitor === null) return toLogin(visit);
      requireRole(visitor, route.needs);
      const context = {
        sources: site.sources,
        access: site.access,
        visitor,
        now: site.now,
        frame: (title: string) => frameOf(site, visit, title),
      };
      keepCookie(visit);
      return sendHtml(visit, await route.render(inputOf(request), context));
    });
}

function addForms(app: FastifyInstance, site: BrowserSite, look: Look): void {
  const admit = async (request: FastifyRequest, reply: FastifyReply) => {
    const visit = await look(request, reply);
    requireOurForm(visit);
    return visit;
  };
  for (const route of formRoutes)
    app.post(route.path, async (request, reply) => {
      const visit = await admit(request, reply);
      const { visitor } = visit;
      if (visitor === null) return toLogin(visit);
      requireRole(visitor, route.needs);
      const submitted = route.submit(request.body, {
        sources: site.sources,
        access: site.access,
        visitor,
      });
      if (submitted === null)
        throw new PageProblem(
          400,
          'Not understood',
          'This form was not filled in as it should be.',
        );
      const notice = await submitted.catch((error: unknown) => {
        const text = error instanceof FormRefusal ? error.message : refusalOf(error);
        if (text === null) throw error;
        return { kind: 'refused', text } as const;
      });
      site.notices.leave(visit.cookie, notice);
      return toNext(visit);
    });
  app.post('/theme', async (request, reply) => {
    const visit = await admit(request, reply);
    const { success, data } = forms['/theme'].safeParse(request.body);
    if (success)
      reply.setCookie(themeCookie, data.theme, { ...cookieOptions(visit), maxAge: themeSeconds });
    return toNext(visit);
  });
}

function problemOf({ events }: BrowserSite, error: unknown): PageProblem {
  if (error instanceof PageProblem) return error;
  const status = statusOf(error);
  if (status === 413) return new PageProblem(413, 'Too large', 'This form holds too much.');
  if (status >= 400 && status < 500)
    return new PageProblem(status, 'Not understood', 'This request cannot be used.');
  events.consoleFailed(error);
  return new PageProblem(
    500,
    'That did not work',
    'Nothing was lost. Try again; the log of the proxy says what went wrong.',
  );
}

function sendProblem(site: BrowserSite, visit: Visit, { status, title, message }: PageProblem) {
  return sendHtml(visit, messagePage(frameOf(site, visit, title), message), status);
}

/** Of errors that fastify throws. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 600 ? status : 500;
}

function inputOf({ params, query }: FastifyRequest): PageInput {
  const single = Object.entries(query as Record<string, string | string[]>).map(
    ([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value] as const,
  );
  return { params: params as Record<string, string>, query: Object.fromEntries(single) };
}
