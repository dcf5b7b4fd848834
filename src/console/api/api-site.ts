import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { QuarantineError } from '../../quarantine/quarantine-error.ts';
import type { Access } from '../access/access.ts';
import { hashSecret } from '../access/access-file.ts';
import type { Client } from '../access/client.ts';
import { isFromOtherSite } from '../access/csrf.ts';
import { roleOfScopes, type Scope } from '../access/tokens.ts';
import { mayAct } from '../role.ts';
import type { ConsoleSources } from '../sources.ts';
import { recognizeCaller, type Visitor } from '../visitor.ts';
import type { ApiRoute } from './api-route.ts';
import { rememberAnswers } from './idempotency.ts';
import { openApiDocument } from './openapi.ts';
import { ApiProblem, problemOf } from './problem.ts';

export type ApiSite = {
  readonly sources: ConsoleSources;
  readonly access: Access;
  readonly routes: readonly ApiRoute[];
  readonly clientOf: (request: FastifyRequest) => Client;
  readonly now: () => Date;
  readonly version: string;
  readonly events: { readonly consoleFailed: (error: unknown) => void };
};

/** `/api/v1`, as one context of fastify: tokens instead of cookies, JSON only. */
export function apiSite(site: ApiSite): (app: FastifyInstance) => void {
  return (app) => {
    const { sources, access, now } = site;
    const once = rememberAnswers();
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      app.getDefaultJsonParser('error', 'error'),
    );
    app.setErrorHandler((error, _, reply) => sendProblem(reply, toProblem(site, error)));
    app.setNotFoundHandler((_, reply) =>
      sendProblem(reply, new ApiProblem(404, 'there is no such operation')),
    );
    const document = openApiDocument(site.routes, site.version);
    app.get('/openapi.json', async (request, reply) => {
      await admit(site, request, 'read');
      return reply.type('application/openapi+json; charset=utf-8').send(JSON.stringify(document));
    });
    for (const route of site.routes)
      app.route({
        method: route.method,
        url: route.path,
        handler: async (request, reply) => {
          const visitor = await admit(site, request, route.scope);
          const { params, query, body } = request;
          const context = { sources, access, visitor, now };
          const call = {
            caller: hashSecret(request.headers.authorization ?? ''),
            key: idempotencyKey(request),
            body: [request.url, body],
          };
          const answer = await once(call, () => route.run({ params, query, body }, context));
          return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
        },
      });
  };
}

/** @throws ApiProblem 401, 403 */
async function admit(site: ApiSite, request: FastifyRequest, scope: Scope): Promise<Visitor> {
  const client = site.clientOf(request);
  if (isFromOtherSite(request.raw, client))
    throw new ApiProblem(403, 'pages of other sites may not ask');
  const visitor = await recognizeCaller(request.raw, client, site.access);
  if (visitor === null)
    throw new ApiProblem(
      401,
      'send a token that is known and not expired: Authorization: Bearer …; `aliaswatch token create` makes one',
    );
  if (!mayAct(visitor.role, roleOfScopes([scope])))
    throw new ApiProblem(403, `this needs a token with scope ${scope}`);
  return visitor;
}

function idempotencyKey({ method, headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  return method === 'POST' && typeof key === 'string' ? key : undefined;
}

function toProblem({ events }: ApiSite, error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof QuarantineError && error.problem === 'invalid-id')
    return new ApiProblem(400, error.message);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 415) return new ApiProblem(415, 'send application/json');
  if (status === 413) return new ApiProblem(413, 'the body is too large');
  if (status >= 400 && status < 500)
    return new ApiProblem(status, 'this is no request of HTTP or JSON');
  events.consoleFailed(error);
  return new ApiProblem(500, 'something failed; the log of the proxy says what');
}

function sendProblem(reply: FastifyReply, problem: ApiProblem): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="aliaswatch"');
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(problem)));
}
