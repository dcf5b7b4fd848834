import * as z from 'zod';
import type { ApiRoute } from './api-route.ts';
import { named, problem } from './shared-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

export const apiBase = '/api/v1';

/** The OpenAPI 3.1 document of the routes, made of the schemas that check their calls. */
export function openApiDocument(routes: readonly ApiRoute[], version: string): Json {
  const components: Record<string, unknown> = {};
  const schemaOf = schemaInto(components);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, schemaOf);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Aliaswatch',
      version,
      summary: 'Everything that the console does',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: apiBase }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Made with `aliaswatch token create`; scopes are read, review and admin',
        },
      },
    },
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

/** Moves what is named to the components. */
function schemaInto(components: Record<string, unknown>): SchemaOf {
  return (schema, io) => {
    const made = z.toJSONSchema(schema, { metadata: named, io, unrepresentable: 'any' });
    const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
    const { $defs = {}, ...rest } = JSON.parse(text) as Json & { readonly $defs?: Json };
    for (const [name, definition] of Object.entries($defs)) components[name] = plain(definition);
    return plain(rest);
  };
}

/** Each schema would say again which dialect it is in, and named ones their name. */
function plain(definition: unknown): Json {
  return Object.fromEntries(
    Object.entries(definition as Json).filter(([key]) => key !== '$schema' && key !== 'id'),
  );
}

function operationOf(route: ApiRoute, schemaOf: SchemaOf): Json {
  const { operationId, summary, scope, params, query, body, answer, method } = route;
  return {
    operationId,
    summary,
    description: `Needs scope \`${scope}\`.`,
    parameters: [
      ...parametersOf('path', params, schemaOf),
      ...parametersOf('query', query, schemaOf),
      ...(method === 'POST' ? [idempotencyKey] : []),
    ],
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: {
      200: {
        description: 'Done',
        content: { 'application/json': { schema: schemaOf(answer, 'output') } },
      },
      default: {
        description: 'Why not',
        content: { 'application/problem+json': { schema: schemaOf(problem, 'output') } },
      },
    },
  };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same body is answered as the first time, within a day',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' },
};

function parametersOf(place: 'path' | 'query', shape: z.ZodObject, schemaOf: SchemaOf) {
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }));
}
