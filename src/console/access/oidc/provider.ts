import type { Configuration, ServerMetadata } from 'openid-client';
import { isConfidential } from '../../../config/web-address.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { readClientSecret, type OidcOptions } from './oidc-options.ts';
import { faultOf, ProviderFault } from './provider-fault.ts';

/** Longest wait for one answer. */
export const providerTimeoutMs = 5000;
const freshMs = 3_600_000;
const retryMs = 30_000;
/** How far its clock may be from ours. */
const clockToleranceSeconds = 60;

export type Provider = {
  /**
   * Ready to begin or to finish one sign-in. Keys and secret are read anew for each, so that a key or secret that was
   * replaced counts at once, and one that was withdrawn no longer does. @throws ProviderFault
   */
  readonly configure: () => Promise<Configuration>;
  /** Why it cannot be used, as a ProviderFault tells it; null where it can, or where that takes longer than `waitMs`. */
  readonly trouble: (waitMs: number) => Promise<string | null>;
  /** Where to sign out at the provider too; null where it has no such page. */
  readonly signOutUrl: () => Promise<string | null>;
};

type Known = { readonly metadata: ServerMetadata; readonly atMs: number };

/**
 * Metadata by discovery, once for all who ask at the same time, kept for an hour, and longer while the provider cannot be
 * asked; a provider that failed is left alone for half a minute.
 */
export function createProvider(options: OidcOptions, nowMs: () => number): Provider {
  let known: Known | null = null;
  let failed: { readonly fault: ProviderFault; readonly atMs: number } | null = null;
  let running: Promise<ServerMetadata> | null = null;

  const ask = async (): Promise<ServerMetadata> => {
    try {
      const metadata = await discover(options);
      [known, failed] = [{ metadata, atMs: nowMs() }, null];
      return metadata;
    } catch (error) {
      const fault = faultOf(error, providerTimeoutMs);
      failed = { fault, atMs: nowMs() };
      if (known !== null) return known.metadata;
      throw fault;
    } finally {
      running = null;
    }
  };
  const isRecent = (atMs: number, ageMs: number) => Math.abs(nowMs() - atMs) < ageMs;
  const metadata = async (): Promise<ServerMetadata> => {
    if (known !== null && isRecent(known.atMs, freshMs)) return known.metadata;
    if (failed !== null && isRecent(failed.atMs, retryMs)) {
      if (known !== null) return known.metadata;
      throw failed.fault;
    }
    running ??= ask();
    return running;
  };
  return {
    configure: async () => configurationOf(options, await metadata()),
    trouble: async (waitMs) => {
      const asked = metadata().then(
        () => null,
        (error: unknown) => faultOf(error, providerTimeoutMs).message,
      );
      const { promise: waited, resolve } = Promise.withResolvers<null>();
      const timer = setTimeout(() => resolve(null), waitMs);
      try {
        return await Promise.race([asked, waited]);
      } finally {
        clearTimeout(timer);
      }
    },
    signOutUrl: async () => {
      const { end_session_endpoint: endpoint } = await metadata().catch(() => ({
        end_session_endpoint: undefined,
      }));
      const url = endpoint === undefined ? null : URL.parse(endpoint);
      if (url === null || !isConfidential(url)) return null;
      url.searchParams.set('client_id', options.clientId); // OpenID Connect RP-Initiated Logout §2
      return url.href;
    },
  };
}

async function discover({ issuer, clientId }: OidcOptions): Promise<ServerMetadata> {
  const library = await import('openid-client');
  const server = new URL(issuer);
  const configuration = await library.discovery(server, clientId, undefined, library.None(), {
    timeout: providerTimeoutMs / 1000,
    [library.customFetch]: boundedFetch,
    execute: isPlainHttp(issuer) ? [allowPlainHttp(library)] : [],
  });
  const metadata = configuration.serverMetadata();
  // The library lets issuers pass that stand for every customer of a vendor: anybody could make a tenant there.
  if (URL.parse(metadata.issuer)?.href !== server.href)
    throw new ProviderFault('refused', 'calls itself by another name than oidcIssuer');
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const url = URL.parse(metadata[name] ?? '');
    if (url === null || !isConfidential(url))
      throw new ProviderFault('refused', `names no usable ${name}`);
  }
  return metadata;
}

async function configurationOf(
  options: OidcOptions,
  metadata: ServerMetadata,
): Promise<Configuration> {
  const library = await import('openid-client');
  const secret = await readClientSecret(options).catch(() => {
    throw new ProviderFault(
      'unavailable',
      'cannot be asked: the file with our secret is not there',
    );
  });
  const offered = metadata.token_endpoint_auth_methods_supported ?? [];
  const authentication =
    secret === null
      ? library.None()
      : offered.includes('client_secret_post') || !offered.includes('client_secret_basic')
        ? library.ClientSecretPost(secret)
        : library.ClientSecretBasic(secret);
  const configuration = new library.Configuration(
    metadata,
    options.clientId,
    { [library.clockTolerance]: clockToleranceSeconds },
    authentication,
  );
  configuration.timeout = providerTimeoutMs / 1000;
  configuration[library.customFetch] = boundedFetch;
  if (isPlainHttp(options.issuer)) allowPlainHttp(library)(configuration);
  // Without this the library takes TLS to the provider for proof enough (OpenID Connect Core §3.1.3.7, 6).
  library.enableNonRepudiationChecks(configuration);
  return configuration;
}

/** On this machine alone: of anything else `boundedFetch` asks nothing over http. */
function allowPlainHttp(library: typeof import('openid-client')) {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out
  return library.allowInsecureRequests;
}

function isPlainHttp(issuer: string): boolean {
  return issuer.startsWith('http:');
}
