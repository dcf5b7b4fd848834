import { createHash } from 'node:crypto';
import type { OidcOptions } from './oidc-options.ts';

/** What a provider says of somebody, verified; the values are hostile all the same. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** No name of the operators file has a colon, so nobody of a provider is mistaken for somebody of the file. */
const prefix = 'oidc:';

const plainMail =
  /^[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/;
const plainName = /^[a-z0-9][a-z0-9._@+-]{0,63}$/;
const plainSubject = /^[A-Za-z0-9][A-Za-z0-9._@|/+=-]{0,63}$/;
const longestMail = 90;

/** Longest name of anybody. */
export const longestOidcName = 100;

/**
 * What somebody is called in sessions and in the record: `oidc:` and a verified e-mail address, or `oidc:user:` and a
 * login name, or `oidc:sub:` and the subject, which alone the provider promises never to give to somebody else (OpenID
 * Connect Core §5.7). What is no plain ASCII of its kind is passed over; a subject that is not is told by its hash.
 */
export function oidcNameOf(claims: Claims, nameClaim: OidcOptions['nameClaim']): string {
  const { sub } = claims;
  const mail = nameClaim === 'email' ? verifiedMail(claims) : null;
  if (mail !== null) return `${prefix}${mail}`;
  const user = claims['preferred_username'];
  if (nameClaim === 'preferred_username' && typeof user === 'string') {
    const name = user.slice(0, 100).toLowerCase();
    if (plainName.test(name)) return `${prefix}user:${name}`;
  }
  if (plainSubject.test(sub)) return `${prefix}sub:${sub}`;
  return `${prefix}sub:sha256-${createHash('sha256').update(sub).digest('hex').slice(0, 40)}`;
}

export function isOidcName(name: string): boolean {
  return name.startsWith(prefix);
}

/** The e-mail address, in lower case, where the provider says that it checked it; null otherwise. */
export function verifiedMail({ email, email_verified: isVerified }: Claims): string | null {
  if (typeof email !== 'string' || email.length > longestMail || isVerified !== true) return null;
  const mail = email.toLowerCase();
  return plainMail.test(mail) ? mail : null;
}
