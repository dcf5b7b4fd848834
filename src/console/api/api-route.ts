import * as z from 'zod';
import type { Access } from '../access/access.ts';
import type { Scope } from '../access/tokens.ts';
import type { ConsoleSources } from '../sources.ts';
import type { Visitor } from '../visitor.ts';
import { ApiProblem, invalid } from './problem.ts';

/** What a call may use. */
export type ApiContext = {
  readonly sources: ConsoleSources;
  readonly access: Access;
  readonly visitor: Visitor;
  readonly now: () => Date;
};

export type RawInput = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
};

/** One operation: what it is for, what it takes and answers, and what it does. Routes and document are made of it. */
export type ApiRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1`; `:name` is a parameter. */
  readonly path: string;
  readonly scope: Scope;
  readonly operationId: string;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | null;
  readonly answer: z.ZodType;
  /** @throws ApiProblem for what cannot be done. */
  readonly run: (input: RawInput, context: ApiContext) => Promise<unknown>;
};

const nothing = z.strictObject({});

/** Input and answer pass their schemas: what they do not name does not come in and does not get out. */
export function apiRoute<
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = z.ZodNull,
>(
  head: Pick<ApiRoute, 'method' | 'path' | 'scope' | 'operationId' | 'summary' | 'answer'>,
  shapes: { readonly params?: Params; readonly query?: Query; readonly body?: Body },
  run: (
    input: { params: z.output<Params>; query: z.output<Query>; body: z.output<Body> },
    context: ApiContext,
  ) => Promise<unknown>,
): ApiRoute {
  const params: z.ZodObject = shapes.params ?? nothing;
  const query: z.ZodObject = shapes.query ?? nothing;
  const body = shapes.body ?? null;
  return {
    ...head,
    params,
    query,
    body,
    run: async (input, context) => {
      const given = {
        params: accept('the path', params, input.params),
        query: accept('the query', query, input.query),
        body: body === null ? null : accept('the body', body, input.body),
      } as { params: z.output<Params>; query: z.output<Query>; body: z.output<Body> };
      return head.answer.parse(await run(given, context));
    },
  };
}

/** @throws ApiProblem 503 for what this proxy does not have. */
export function present<Source>(source: Source | null, what: string): Source {
  if (source === null) throw new ApiProblem(503, `this proxy has no ${what}`);
  return source;
}

/** @throws ApiProblem 404 */
export function found<Thing>(thing: Thing | null, what: string): Thing {
  if (thing === null) throw new ApiProblem(404, `there is no ${what}`);
  return thing;
}

function accept(what: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) throw invalid(what, parsed.error);
  return parsed.data;
}
