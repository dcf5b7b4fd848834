import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostPort } from '../../config/host-port.ts';
import { clientAddress } from '../../observability/client-address.ts';
import { closeHttp } from '../../observability/close-http.ts';
import { listAddresses } from '../../smtp/address-ranges.ts';
import type { TextsFor } from '../choose-texts.ts';
import type { LinkActs, LinkAnswer } from './link-acts.ts';
import { linkPage, linkPageHeaders } from './link-page.ts';
import { createRequestPace } from './request-pace.ts';

export type PublicListenerOptions = {
  /** Port 0 takes a free one. */
  readonly listen: HostPort;
  /** Path of `publicUrl`, for a reverse proxy that passes it on; without a slash at the end. */
  readonly basePath: string;
  /** Reverse proxies that are believed about whom they ask for (`X-Forwarded-For`): addresses or CIDR. */
  readonly trustedProxies: readonly string[];
  readonly acts: LinkActs;
  readonly textsFor: TextsFor;
};

export type PublicListener = AsyncDisposable & { readonly address: HostPort };

const requestTimeoutMs = 5000;
const maxBodyBytes = 1024;
/** A wrong address costs as much as so many right ones: nobody needs many of them. */
const costOfInvalid = 10;

/**
 * The pages behind the links of notices, and nothing else, for a network that nobody trusts.
 * @throws when the address cannot be listened on.
 */
export async function startPublicListener(options: PublicListenerOptions): Promise<PublicListener> {
  const pace = createRequestPace();
  const isProxy = listAddresses(options.trustedProxies);
  const server = createServer(
    {
      maxHeaderSize: 8192,
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs,
    },
    (request, response) => {
      const client = clientAddress(request, isProxy);
      void answerTo(request, options, pace.allows(client)).then((answer) => {
        if (answer.outcome === 'invalid') pace.charge(client, costOfInvalid);
        send(response, request.method === 'HEAD', answer, options);
      });
    },
  );
  server.maxConnections = 200;
  server.listen(options.listen.port, options.listen.host);
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return { address: { host: address, port }, [Symbol.asyncDispose]: () => closeHttp(server) };
}

async function answerTo(
  request: IncomingMessage,
  { basePath, acts }: PublicListenerOptions,
  isAllowed: boolean,
): Promise<LinkAnswer> {
  if (!isAllowed) return refusal(429, 'pageBusy');
  const token = tokenIn(request.url ?? '', basePath);
  if (token === null) return refusal(404, 'pageInvalid');
  if (request.method === 'GET' || request.method === 'HEAD') return acts.look(token);
  if (request.method !== 'POST' || isFromElsewhere(request)) return refusal(405, 'pageInvalid');
  return (await isSmall(request)) ? acts.use(token) : refusal(413, 'pageInvalid');
}

function tokenIn(url: string, basePath: string): string | null {
  const [path = ''] = url.split('?');
  // A reverse proxy may pass the path of `publicUrl` on, or take it away.
  const own = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
  return /^\/l\/([A-Za-z0-9._-]{1,1024})$/.exec(own)?.[1] ?? null;
}

/** Browsers say where a form came from (Fetch Metadata); nobody else's page has a button of ours. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** The form has no fields: whatever it says is not read, and a lot of it is refused. */
async function isSmall(request: IncomingMessage): Promise<boolean> {
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) return false;
    }
  } catch {
    return false; // cut off by the client or by a timeout
  }
  return true;
}

function refusal(status: number, says: LinkAnswer['says']): LinkAnswer {
  return { outcome: 'refused', status, says, claim: null, question: null };
}

function send(
  response: ServerResponse,
  isHead: boolean,
  answer: LinkAnswer,
  { textsFor }: PublicListenerOptions,
): void {
  const { texts, language } = textsFor(answer.claim?.recipient ?? null);
  const page = linkPage(answer, texts, language);
  response.writeHead(answer.status, {
    ...linkPageHeaders,
    'Content-Length': Buffer.byteLength(page),
    ...(answer.status === 405 ? { Allow: 'GET, HEAD, POST' } : {}),
    ...(answer.status === 429 ? { 'Retry-After': '60' } : {}),
    // A refused request may have a body; closing is how it is not read.
    ...(answer.status >= 400 ? { Connection: 'close' } : {}),
  });
  response.end(isHead ? undefined : page);
}
