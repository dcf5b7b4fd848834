import * as z from 'zod';
import type { AuditAct } from '../../audit/audit-log.ts';
import { revokeSessions, revokeToken } from '../access/access.ts';
import { reviewerOf } from '../visitor.ts';
import { aliasSummaries, baselineOf } from './alias-answers.ts';
import { apiRoute, found, present, type ApiRoute } from './api-route.ts';
import { pageOf, pageQuery, pageRequest } from './paging.ts';
import { ApiProblem } from './problem.ts';
import * as schemas from './site-schemas.ts';
import { id } from './shared-schemas.ts';

const ended = z.object({ ended: z.number().int() });

export const siteRoutes: readonly ApiRoute[] = [
  apiRoute(
    {
      method: 'GET',
      path: '/overview',
      scope: 'read',
      operationId: 'getOverview',
      summary: 'Traffic, verdicts, breaker and health',
      answer: schemas.status,
    },
    {},
    (_, { sources }) => sources.status(),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/aliases',
      scope: 'read',
      operationId: 'listAliases',
      summary: 'Aliases that are watched or have history',
      answer: pageOf(schemas.aliasSummary),
    },
    {},
    async (_, { sources }) => ({ items: await aliasSummaries(sources), next: null }),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/aliases/:alias/baseline',
      scope: 'read',
      operationId: 'getBaseline',
      summary: 'What was learned of an alias',
      answer: schemas.baseline,
    },
    { params: z.strictObject({ alias: z.string().min(1).max(300) }) },
    async ({ params: { alias } }, { sources, now }) => {
      const known = await aliasSummaries(sources);
      const { id } = found(known.find((one) => one.id === alias) ?? null, 'alias of that name');
      return baselineOf(id, await sources.baselines.describe(id, now()));
    },
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/rules',
      scope: 'read',
      operationId: 'getRules',
      summary: 'The rule set in force',
      answer: schemas.rules,
    },
    {},
    (_, { sources }) => {
      const { version, policy, catalogue } = sources.rules();
      const [tag, quarantine] = [policy.tag, policy.quarantine].map(
        ({ budget: chance, alertsPerDay, floorBits }) => ({ chance, alertsPerDay, floorBits }),
      );
      const aliases = catalogue.aliases.length;
      return Promise.resolve({ version, mode: policy.mode, aliases, tag, quarantine });
    },
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/audit',
      scope: 'read',
      operationId: 'listAudit',
      summary: 'The audit log, newest first',
      answer: pageOf(schemas.auditEntry),
    },
    {
      query: z.strictObject({
        ...pageQuery,
        act: z.string().min(1).max(40).optional(),
        subject: z.string().min(1).max(300).optional(),
      }),
    },
    async ({ query }, { sources }) => {
      const { act, subject } = query;
      const { entries, next } = await present(sources.auditReader, 'audit log').read({
        ...pageRequest(query),
        ...(act === undefined ? {} : { act: act as AuditAct }),
        ...(subject === undefined ? {} : { subject }),
      });
      return { items: entries, next };
    },
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/operators',
      scope: 'admin',
      operationId: 'listOperators',
      summary: 'Who may log in',
      answer: pageOf(schemas.operator),
    },
    {},
    async (_, { access }) => {
      const state = await access.operators.state();
      if (state.kind === 'unusable') throw new ApiProblem(503, 'the operators file is unusable');
      return { items: state.kind === 'ready' ? state.operators : [], next: null };
    },
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/sessions',
      scope: 'admin',
      operationId: 'listSessions',
      summary: 'Who is logged in',
      answer: pageOf(schemas.session),
    },
    {},
    (_, { access }) =>
      Promise.resolve({
        items: access.sessions.list().map(({ begunAt, seenAt, ...session }) => ({
          ...session,
          begunAt: begunAt.toISOString(),
          seenAt: seenAt.toISOString(),
        })),
        next: null,
      }),
  ),
  apiRoute(
    {
      method: 'DELETE',
      path: '/sessions/:id',
      scope: 'admin',
      operationId: 'revokeSession',
      summary: 'Logs somebody out',
      answer: ended,
    },
    { params: z.strictObject({ id: id }) },
    async ({ params }, { access, sources, visitor }) => ({
      ended: await revokeSessions(access, sources.audit, reviewerOf(visitor), params),
    }),
  ),
  apiRoute(
    {
      method: 'GET',
      path: '/tokens',
      scope: 'admin',
      operationId: 'listTokens',
      summary: 'Tokens of this interface; never the secrets',
      answer: pageOf(schemas.token),
    },
    {},
    (_, { access }) =>
      Promise.resolve({
        items: access.tokens.list().map(({ madeAt, expiresAt, usedAt, ...token }) => ({
          ...token,
          madeAt: madeAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
          usedAt: usedAt?.toISOString() ?? null,
        })),
        next: null,
      }),
  ),
  apiRoute(
    {
      method: 'DELETE',
      path: '/tokens/:id',
      scope: 'admin',
      operationId: 'revokeToken',
      summary: 'Ends a token',
      answer: ended,
    },
    { params: z.strictObject({ id: id }) },
    async ({ params }, { access, sources, visitor }) => ({
      ended: (await revokeToken(access, sources.audit, reviewerOf(visitor), params.id)) ? 1 : 0,
    }),
  ),
];
