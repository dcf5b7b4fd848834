import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from './access/access.ts';
import type { Client } from './access/client.ts';
import { csrfToken, isCsrfToken, isFromOurPage } from './access/csrf.ts';
import type { Login } from './access/login.ts';
import type { LoginMethod, LoginOutcome } from './access/login-outcome.ts';
import type { SignIn } from './access/oidc/sign-in.ts';
import type { Frame } from './frame.ts';
import { localNext } from './local-next.ts';
import type { NoticesShown } from './notices-shown.ts';
import { PageProblem, type PageRoute } from './page-route.ts';
import { mayAct, type Role } from './role.ts';
import type { ConsoleSources } from './sources.ts';
import { cookieName, recognizeBrowser, type Browser, type Visitor } from './visitor.ts';

export type BrowserSite = {
  readonly sources: ConsoleSources;
  readonly access: Access;
  readonly login: Login;
  /** Null where no provider is set. */
  readonly signIn: SignIn | null;
  readonly notices: NoticesShown;
  readonly pages: readonly PageRoute[];
  readonly clientOf: (request: FastifyRequest) => Client;
  readonly now: () => Date;
  readonly events: {
    readonly consoleLogin: (method: LoginMethod, outcome: LoginOutcome) => void;
    readonly consoleFailed: (error: unknown) => void;
  };
};

/** One request of a browser, looked at. */
export type Visit = Browser & {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly client: Client;
};

export const themeCookie = 'aliaswatch-theme';

export function lookAt({ access, clientOf }: BrowserSite) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<Visit> => {
    const client = clientOf(request);
    const browser = await recognizeBrowser(request.cookies, client, access);
    return { ...browser, request, reply, client };
  };
}

export type Look = ReturnType<typeof lookAt>;

export function requireRole({ role }: Visitor, needs: Role): void {
  if (!mayAct(role, needs))
    throw new PageProblem(403, 'Not allowed', `This needs the role ${needs}; yours is ${role}.`);
}

export function requireOurForm({ request, client, cookie }: Visit): void {
  const { csrf } = (request.body ?? {}) as { readonly csrf?: unknown };
  if (!isFromOurPage(request.raw, client) || !isCsrfToken(csrf, cookie))
    throw new PageProblem(
      403,
      'Out of date',
      'This form is from another session. Go back, load the page again, and send it once more.',
    );
}

/** A link on another site leads here, so the browser kept its cookies back. */
export function comesFromElsewhere({ request, isNewCookie }: Visit): boolean {
  return isNewCookie && request.headers['sec-fetch-site'] === 'cross-site';
}

export function frameOf({ notices }: BrowserSite, visit: Visit, title: string): Frame {
  const { request, cookie, visitor } = visit;
  const theme = request.cookies[themeCookie];
  return {
    title,
    operator:
      visitor === null ? null : { name: visitor.name, role: visitor.role, local: visitor.local },
    csrf: csrfToken(cookie),
    path: localNext(request.method === 'GET' ? request.url : '/'),
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    notice: visitor === null ? null : notices.take(cookie),
  };
}

export function cookieOptions({ client }: Visit): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: client.isHttps };
}

/** Forms are bound to a cookie, so there must be one. */
export function keepCookie(visit: Visit): void {
  if (visit.isNewCookie)
    visit.reply.setCookie(cookieName('visit', visit.client), visit.cookie, cookieOptions(visit));
}

/** Logs a browser in: with a secret that it did not have before, in place of all that it had. */
export function startSession({ access }: BrowserSite, visit: Visit, secret: string): void {
  const { reply, client, visitor, cookie } = visit;
  if (visitor !== null) access.sessions.end(cookie);
  reply.setCookie(cookieName('session', client), secret, cookieOptions(visit));
  reply.clearCookie(cookieName('visit', client), cookieOptions(visit));
}

export function toLogin({ request, reply }: Visit): FastifyReply {
  const next = request.method === 'GET' ? localNext(request.url) : '/';
  return reply.redirect(next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`, 303);
}

export function toNext({ request, reply }: Visit): FastifyReply {
  const { next } = (request.method === 'POST' ? request.body : request.query) as {
    readonly next?: unknown;
  };
  return reply.redirect(localNext(next), 303);
}

export function sendHtml({ reply }: Visit, body: string, status = 200): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(body);
}
