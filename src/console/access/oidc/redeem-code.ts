import type { Configuration } from 'openid-client';
import type { Claims } from './oidc-name.ts';
import { callbackPath, type OidcOptions } from './oidc-options.ts';
import type { PendingSignIn } from './pending-sign-ins.ts';
import { faultOf, ProviderFault } from './provider-fault.ts';
import { providerTimeoutMs } from './provider.ts';

/** Where to send a browser: authorization code flow with PKCE (RFC 7636), state and nonce. */
export async function authorizationUrl(
  configuration: Configuration,
  { consoleUrl, scopes }: OidcOptions,
  { state, nonce, verifier }: PendingSignIn,
): Promise<string> {
  const library = await import('openid-client');
  return library.buildAuthorizationUrl(configuration, {
    redirect_uri: `${consoleUrl}${callbackPath}`,
    scope: scopes,
    state,
    nonce,
    code_challenge: await library.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).href;
}

/**
 * Who came back, by the provider's signed word: state, issuer (RFC 9207), signature, audience, expiry and nonce are
 * checked. What the ID token leaves out is asked for at the userinfo endpoint, where there is one.
 * @throws ProviderFault
 */
export async function redeemCode(
  configuration: Configuration,
  { consoleUrl, roleClaim, nameClaim }: OidcOptions,
  { state, nonce, verifier }: PendingSignIn,
  fields: URLSearchParams,
): Promise<Claims> {
  const library = await import('openid-client');
  try {
    const tokens = await library.authorizationCodeGrant(
      configuration,
      new URL(`${consoleUrl}${callbackPath}?${fields.toString()}`),
      {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      },
    );
    const claims = tokens.claims();
    if (claims === undefined) throw new ProviderFault('refused', 'gave no ID token');
    const isWhole = [roleClaim, nameClaim].every((name) => Object.hasOwn(claims, name));
    if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    const more = await library.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    // Who vouches for an address vouches for that one.
    const mail: Readonly<Record<string, unknown>> = Object.hasOwn(claims, 'email') ? claims : more;
    const { email, email_verified } = mail;
    return { ...more, ...claims, email, email_verified };
  } catch (error) {
    throw faultOf(error, providerTimeoutMs);
  }
}
