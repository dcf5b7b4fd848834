import { createHash } from 'node:crypto';
import type { RoleOfValue } from '../../../config/oidc-settings.ts';
import { readBounded } from '../../../config/bounded-file.ts';
import type { Settings } from '../../../config/settings.ts';

/** A provider that operators sign in with, and what its word is worth here. */
export type OidcOptions = {
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecretFile: string | null;
  /** With spaces; `openid` is among them. */
  readonly scopes: string;
  readonly roleClaim: string;
  readonly roles: readonly RoleOfValue[];
  readonly nameClaim: Settings['oidcNameClaim'];
  /** Origin of the console, as browsers see it. */
  readonly consoleUrl: string;
};

export const callbackPath = '/login/oidc/callback';

const maxSecretBytes = 4096;

/** Null where no provider is set. @throws Error in one sentence for settings that do not belong together. */
export function oidcOptionsOf(settings: Settings): OidcOptions | null {
  const { oidcIssuer: issuer, oidcClientId: clientId, consoleUrl, oidcRoles: roles } = settings;
  if (issuer === null) {
    if (clientId !== null) throw new Error('oidcClientId is given without oidcIssuer');
    if (settings.passwordLogin === 'off')
      throw new Error('passwordLogin is off without oidcIssuer: nobody could log in');
    return null;
  }
  if (clientId === null) throw new Error('oidcIssuer is given without oidcClientId');
  if (consoleUrl === null)
    throw new Error(
      'oidcIssuer is given without consoleUrl: the provider sends browsers back there',
    );
  if (roles.length === 0)
    throw new Error('oidcIssuer is given without oidcRoles: nobody would have a role');
  return {
    issuer,
    clientId,
    clientSecretFile: settings.oidcClientSecretFile,
    scopes: settings.oidcScopes,
    roleClaim: settings.oidcRoleClaim,
    roles,
    nameClaim: settings.oidcNameClaim,
    consoleUrl,
  };
}

/** Read for every sign-in, so that a new one counts at once. @throws Error in one sentence, without a byte of it. */
export async function readClientSecret({
  clientSecretFile: path,
}: Pick<OidcOptions, 'clientSecretFile'>): Promise<string | null> {
  if (path === null) return null;
  const read = await readBounded(path, maxSecretBytes);
  if (typeof read === 'string') throw new Error(`oidcClientSecretFile ${path}: ${read}`);
  const secret = read.toString().trim();
  if (!/^[\x20-\x7e]+$/.test(secret))
    throw new Error(`oidcClientSecretFile ${path}: is empty, or holds more than one line of ASCII`);
  return secret;
}

/** Changes with everything that a role rests on, so that sessions from before the change can be told. */
export function fingerprintOf(options: OidcOptions): string {
  const { issuer, clientId, roleClaim, roles, nameClaim } = options;
  return createHash('sha256')
    .update(JSON.stringify([issuer, clientId, roleClaim, roles, nameClaim]))
    .digest('base64url')
    .slice(0, 22);
}
