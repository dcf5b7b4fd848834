import { roles, type Role } from '../../role.ts';
import { verifiedMail, type Claims } from './oidc-name.ts';
import { fingerprintOf, type OidcOptions } from './oidc-options.ts';

/** A token may name more groups than anybody reads. */
const maxValues = 2000;

/**
 * The highest role that the values of the role claim have, compared letter for letter; null where none has one. An
 * e-mail address counts only where it is verified, and in whatever case.
 */
export function oidcRoleOf(
  claims: Claims,
  { roleClaim, roles: mapping }: Pick<OidcOptions, 'roleClaim' | 'roles'>,
): Role | null {
  const values = new Set(valuesOf(claims, roleClaim));
  const isMail = roleClaim === 'email';
  const found = mapping
    .filter(({ value }) => values.has(isMail ? value.toLowerCase() : value))
    .map(({ role }) => role);
  return roles.findLast((role) => found.includes(role)) ?? null;
}

function valuesOf(claims: Claims, claim: string): readonly unknown[] {
  if (claim === 'email') return [verifiedMail(claims)];
  if (!Object.hasOwn(claims, claim)) return [];
  const value = claims[claim];
  return Array.isArray(value) ? value.slice(0, maxValues) : [value];
}

/** What a session of the provider rests on: the role at sign-in, and the mapping that gave it. */
export function oidcCredential(role: Role, options: OidcOptions): string {
  return `oidc ${role} ${fingerprintOf(options)}`;
}

/** Null where the session began under another provider or mapping. */
export function roleOfCredential(credential: string, options: OidcOptions): Role | null {
  return roles.find((role) => oidcCredential(role, options) === credential) ?? null;
}
