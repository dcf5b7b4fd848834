import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientId } from '../../../support/oidc-provider.ts';

export type Signed = {
  /** `none`, `HS256` with `secret`, or `RS256`. */
  readonly alg?: string;
  readonly kid?: string;
  readonly key?: KeyObject;
  readonly secret?: string;
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A provider that can be told to do wrong; right by itself. There is no login page: tests come back without one. */
export type FaultyProvider = AsyncDisposable & {
  readonly issuer: string;
  readonly key: KeyObject;
  /** Bodies that the token endpoint got. */
  readonly redeemed: readonly string[];
  /** How often the metadata was asked for. */
  readonly discoveries: () => number;
  metadata: Record<string, unknown>;
  /** Claims of the ID token, over those that are right. */
  claims: Record<string, unknown>;
  signed: Signed;
  /** Of the sign-in at hand, as an honest provider would remember it. */
  nonce: string;
  /** Answers in place of the right ones, by path. */
  readonly instead: Map<string, Answer>;
};

export const paths = {
  metadata: '/.well-known/openid-configuration',
  keys: '/jwks',
  token: '/token',
} as const;

export function newKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

export async function startFaultyProvider(): Promise<FaultyProvider> {
  const key = newKey();
  const redeemed: string[] = [];
  let discoveries = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === paths.metadata) discoveries += 1;
    const answer = provider.instead.get(path) ?? right[path];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: FaultyProvider = {
    issuer,
    key,
    redeemed,
    discoveries: () => discoveries,
    metadata: {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}${paths.token}`,
      jwks_uri: `${issuer}${paths.keys}`,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      authorization_response_iss_parameter_supported: true,
    },
    claims: {},
    signed: {},
    nonce: '',
    instead: new Map(),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  const right: Readonly<Record<string, Answer>> = {
    [paths.metadata]: (_, response) => sendJson(response, provider.metadata),
    [paths.keys]: (_, response) =>
      sendJson(response, {
        keys: [{ ...publicPart(key), kid: 'first', use: 'sig', alg: 'RS256' }],
      }),
    [paths.token]: (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => void chunks.push(chunk));
      request.on('end', () => {
        redeemed.push(Buffer.concat(chunks).toString());
        sendJson(response, {
          access_token: 'an-access-token',
          token_type: 'Bearer',
          id_token: idToken(provider),
        });
      });
    },
  };
  return provider;
}

export function sendJson(response: ServerResponse, content: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}

function idToken({ issuer, nonce, claims, signed, key }: FaultyProvider): string {
  const { alg = 'RS256', kid = 'first' } = signed;
  const nowSeconds = Math.floor(Date.now() / 1000);
  const whole = {
    iss: issuer,
    sub: 'anna',
    aud: clientId,
    iat: nowSeconds,
    exp: nowSeconds + 300,
    nonce,
    email: 'anna@example.test',
    email_verified: true,
    groups: ['mail-admins'],
    ...claims,
  };
  const content = [{ alg, kid, typ: 'JWT' }, whole]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${signatureOf(content, alg, signed, key)}`;
}

function signatureOf(content: string, alg: string, signed: Signed, key: KeyObject): string {
  if (alg === 'none') return '';
  if (alg === 'HS256')
    return createHmac('sha256', signed.secret ?? '')
      .update(content)
      .digest('base64url');
  return createSign('sha256')
    .update(content)
    .sign(signed.key ?? key, 'base64url');
}

function publicPart(key: KeyObject) {
  const { kty, n, e } = key.export({ format: 'jwk' });
  return { kty, n, e };
}
