import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { closeHttp } from './close-http.ts';
import { expose } from './exposition.ts';
import type { Readiness } from './readiness.ts';

export type HttpOptions = {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** What `/metrics` shows; a function is asked at each scrape. */
  readonly registry: Registry | (() => Promise<Registry>);
  readonly readiness: () => Promise<Readiness>;
  /** Takes what is neither of the three; null answers 404. */
  readonly others?: RequestHandler | null;
};

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpServer extends AsyncDisposable {
  readonly address: AddressInfo;
}

type Routes = Readonly<Record<string, (request: IncomingMessage) => Promise<Answer>>>;
type Answer = { readonly status: number; readonly contentType: string; readonly body: string };

const json = 'application/json; charset=utf-8';
const requestTimeoutMs = 5000;

/**
 * Serves `/metrics`, `/healthz` (the process lives) and `/readyz` (mail can flow), and nothing else but what `others` takes.
 * @throws when the address cannot be listened on.
 */
export async function startHttp({
  listen,
  registry,
  readiness,
  others = null,
}: HttpOptions): Promise<HttpServer> {
  const routes: Routes = {
    '/metrics': async ({ headers }) => ({
      status: 200,
      ...(await expose(
        typeof registry === 'function' ? await registry() : registry,
        headers.accept,
      )),
    }),
    '/healthz': () => Promise.resolve(jsonAnswer(200, { status: 'ok' })),
    '/readyz': async () => {
      const state = await readiness();
      const takesMail = state.status === 'ready' || state.status === 'degraded';
      return jsonAnswer(takesMail ? 200 : 503, state);
    },
  };
  const server = createServer(
    {
      maxHeaderSize: 8192,
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: requestTimeoutMs,
    },
    (request, response) => {
      if (others !== null && !Object.hasOwn(routes, pathOf(request))) others(request, response);
      else void answer(routes, request).then((answered) => send(response, answered));
    },
  );
  server.maxConnections = 100;
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  return {
    address: server.address() as AddressInfo,
    [Symbol.asyncDispose]: () => closeHttp(server),
  };
}

async function answer(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const path = pathOf(request);
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!route) return jsonAnswer(404, { error: 'not found' });
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return jsonAnswer(405, { error: 'use GET' });
  return route(request).catch(() => jsonAnswer(500, { error: 'internal error' }));
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] ?? '';
}

function jsonAnswer(status: number, body: object): Answer {
  return { status, contentType: json, body: `${JSON.stringify(body)}\n` };
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(contentType === json ? {} : { Vary: 'Accept' }),
    'X-Content-Type-Options': 'nosniff',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    // A refused request may have a body; closing is how it is not read.
    ...(status >= 400 && status < 500 ? { Connection: 'close' } : {}),
  });
  response.end(body);
}
