import { once } from 'node:events';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type ClientMetadata, type Configuration } from 'oidc-provider';

/** What the provider says of somebody, by login name. */
export type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type OidcProviderOptions = {
  readonly accounts: Accounts;
  readonly redirectUri: string;
  /** Null: a public client. */
  readonly clientSecret?: string | null;
  /** Claims stand in the ID token, or only at the userinfo endpoint as the standard has it. */
  readonly claimsIn?: 'id-token' | 'userinfo';
  /** A port that it had before. */
  readonly port?: number;
};

export type OidcProvider = AsyncDisposable & {
  readonly issuer: string;
  readonly port: number;
};

export const clientId = 'aliaswatch';

/**
 * The certified provider of npm on loopback, with a key made for it. It is called `localhost`, which for a browser is
 * another site than 127.0.0.1. Any password will do.
 */
export async function startOidcProvider(options: OidcProviderOptions): Promise<OidcProvider> {
  let handle: RequestListener = (_, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;
  const provider = quietly(() => new Provider(issuer, configurationOf(options)));
  const callback = provider.callback();
  handle = (request, response) => void callback(request, response);
  return { issuer, port, [Symbol.asyncDispose]: () => close(server) };
}

/** It says on the console what it should not be used for; for tests it may be. */
function quietly<Result>(run: () => Result): Result {
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    return run();
  } finally {
    Object.assign(console, { warn, info });
  }
}

const ttl = { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 };

function configurationOf(options: OidcProviderOptions): Configuration {
  const { accounts, redirectUri, clientSecret = 'the secret', claimsIn = 'id-token' } = options;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const client: ClientMetadata = {
    client_id: clientId,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    ...(clientSecret === null
      ? { token_endpoint_auth_method: 'none' }
      : { token_endpoint_auth_method: 'client_secret_post', client_secret: clientSecret }),
  };
  return {
    clients: [client],
    ttl,
    jwks: {
      keys: [
        {
          ...privateKey.export({ format: 'jwk' }),
          kty: 'RSA',
          kid: randomUUID(),
          use: 'sig',
          alg: 'RS256',
        },
      ],
    },
    cookies: { keys: [randomUUID()] },
    conformIdTokenClaims: claimsIn === 'userinfo',
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['preferred_username', 'groups'],
    },
    findAccount: (_, login) => ({
      accountId: login,
      claims: () => ({ sub: login, ...accounts[login] }),
    }),
    // Consent was given once and for all, as in a company.
    loadExistingGrant: async (context) => {
      const { client: asking, session, provider } = context.oidc;
      const grant = new provider.Grant({
        clientId: asking?.clientId ?? '',
        accountId: session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  };
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** Signs in as a browser would, beginning where the console sends it; the address that it is sent back to. */
export async function signInAt(authorizationUrl: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const visit = async (url: URL, body?: URLSearchParams): Promise<URL | string> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location === null ? response.text() : new URL(location, url);
  };
  const provider = new URL(authorizationUrl).origin;
  let at = new URL(authorizationUrl);
  for (let step = 0; step < 10; step++) {
    if (at.origin !== provider) return at;
    const answer = await visit(at);
    if (answer instanceof URL) {
      at = answer;
      continue;
    }
    const [, action = ''] = /<form[^>]*action="([^"]+)"/.exec(answer) ?? [];
    if (action === '') throw new Error(`the provider says: ${answer.slice(0, 300)}`);
    const fields = new URLSearchParams({ prompt: 'login', login, password: 'any' });
    const next = await visit(new URL(action, at), fields);
    if (!(next instanceof URL)) throw new Error('the provider did not take the login');
    at = next;
  }
  throw new Error('the provider goes round in circles');
}
