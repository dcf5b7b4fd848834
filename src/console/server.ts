import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Access } from './access/access.ts';
import { introduceClients, type Client, type ClientOptions } from './access/client.ts';
import { createLogin } from './access/login.ts';
import type { LoginMethod, LoginOutcome } from './access/login-outcome.ts';
import { createLoginLimiter, type LoginLimits } from './access/login-limiter.ts';
import { callbackPath } from './access/oidc/oidc-options.ts';
import { createSignIn } from './access/oidc/sign-in.ts';
import { apiRoutes } from './api/api-routes.ts';
import { apiSite } from './api/api-site.ts';
import { apiBase } from './api/openapi.ts';
import { browserSite } from './browser-site.ts';
import { formRoutes } from './form-routes.ts';
import { createNoticesShown } from './notices-shown.ts';
import { pageRoutes } from './page-routes.ts';
import { securityHeaders } from './security-headers.ts';
import type { ConsoleSources } from './sources.ts';

export type ConsoleOptions = {
  readonly sources: ConsoleSources;
  readonly access: Access;
  readonly client: ClientOptions;
  readonly version: string;
  readonly now: () => Date;
  readonly loginLimits?: LoginLimits;
  readonly events: {
    readonly consoleLogin: (method: LoginMethod, outcome: LoginOutcome) => void;
    readonly consoleAnswered: (status: number) => void;
    /** A bug, or something that we depend on is down. */
    readonly consoleFailed: (error: unknown) => void;
  };
};

/** Takes requests that a server of `node:http` or `node:https` received. */
export type Console = AsyncDisposable & {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
};

const bodyBytes = 262_144;
const longestParameter = 300;

/** Pages, forms, login and API. Listens nowhere itself. */
export async function createConsole(options: ConsoleOptions): Promise<Console> {
  const { sources, access, version, now, events } = options;
  const introduce = introduceClients(options.client);
  const clients = new WeakMap<IncomingMessage, Client>();
  const clientOf = ({ raw }: FastifyRequest): Client => {
    const client = clients.get(raw) ?? introduce(raw);
    if (client === null) throw new Error('a request that should have been refused');
    return client;
  };
  const app = Fastify({
    bodyLimit: bodyBytes,
    routerOptions: { maxParamLength: longestParameter },
    // What cannot be decoded as a path is answered like any address where nothing is.
    frameworkErrors: (_, __, reply) => {
      void refuse(reply, 400, 'This is no address.');
    },
  });
  // Of what fails before, or while, a page says what failed.
  app.setErrorHandler((error, _, reply) => {
    events.consoleFailed(error);
    return refuse(reply, 500, 'That did not work; the log of the proxy says why.');
  });
  app.addHook('onRequest', async (request, reply) => {
    const client = introduce(request.raw);
    reply.headers(securityHeaders(client?.isHttps === true));
    if (client === null) return refuse(reply, 421, notOurName);
    clients.set(request.raw, client);
    const allowed = methodsAt(request.url);
    if (allowed !== null && !allowed.includes(request.method))
      return refuse(reply.header('allow', allowed.join(', ')), 405, 'Not by this method.');
    return undefined;
  });
  app.addHook('onResponse', (_, reply, done) => {
    events.consoleAnswered(reply.statusCode);
    done();
  });
  const limiter = createLoginLimiter(() => performance.now(), options.loginLimits);
  const login = createLogin({ access, limiter, audit: sources.audit });
  const { oidc, sessions } = access;
  const signIn = oidc && createSignIn({ oidc, sessions, audit: sources.audit, now });
  const notices = createNoticesShown();
  const shared = { sources, access, clientOf, now, events };
  await app.register(browserSite({ ...shared, login, signIn, notices, pages: pageRoutes }));
  await app.register(
    (scope, _, done) => {
      apiSite({ ...shared, routes: apiRoutes, version })(scope);
      done();
    },
    { prefix: apiBase },
  );
  await app.ready();
  return {
    handle: (request, response) => app.routing(request, response),
    [Symbol.asyncDispose]: async () => {
      await app.close();
    },
  };
}

const notOurName =
  'The console does not go by this name. Names that it goes by are the setting consoleHosts.';

function refuse(reply: FastifyReply, status: number, text: string): FastifyReply {
  // Where it is no address, no hook was run.
  if (!reply.hasHeader('content-security-policy')) reply.headers(securityHeaders(false));
  return reply.code(status).type('text/plain; charset=utf-8').send(`${status} ${text}
`);
}

const pattern = (path: string) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);

/** Methods of every address with a route. */
const addresses: readonly { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [
  ...pageRoutes.map(({ path }) => ({ pattern: pattern(path), methods: ['GET', 'HEAD'] })),
  ...[...formRoutes.map(({ path }) => path), '/theme', '/logout'].map((path) => ({
    pattern: pattern(path),
    methods: ['POST'],
  })),
  { pattern: /^\/login$/, methods: ['GET', 'HEAD', 'POST'] },
  ...['/login/oidc', callbackPath].map((path) => ({ pattern: pattern(path), methods: ['GET'] })),
  { pattern: /^\/assets\//, methods: ['GET', 'HEAD'] },
  { pattern: pattern(`${apiBase}/openapi.json`), methods: ['GET', 'HEAD'] },
  ...apiRoutes.map(({ path, method }) => ({
    pattern: pattern(`${apiBase}${path}`),
    methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
  })),
];

/** Null where there is no route at all. */
function methodsAt(url: string): readonly string[] | null {
  const [path = ''] = url.split('?');
  const methods = addresses.filter((one) => one.pattern.test(path)).flatMap((one) => one.methods);
  return methods.length === 0 ? null : [...new Set(methods)];
}
