import type { AuditActor, AuditLog, AuditRecord } from '../../audit/audit-log.ts';
import type { OidcOptions } from './oidc/oidc-options.ts';
import type { Operators } from './operators.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

/** Who may do what: everything that login, sessions and tokens rest on. */
export type Access = {
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  /** Whether names and passwords of the operators file get in. */
  readonly passwordLogin: boolean;
  /** The provider that operators sign in with, or null. */
  readonly oidc: OidcOptions | null;
};

/** Ends sessions, on record. How many ended. */
export async function revokeSessions(
  { sessions }: Pick<Access, 'sessions'>,
  audit: Pick<AuditLog, 'append'> | null,
  actor: AuditActor,
  which: { readonly id: string } | { readonly operator: string },
): Promise<number> {
  const ended = sessions.revoke(which);
  const subject = 'id' in which ? `session ${which.id}` : `sessions of ${which.operator}`;
  if (ended > 0) await audit?.append(accessRecord('session-revoked', actor, subject, { ended }));
  return ended;
}

/** Ends a token, on record. False where there is none. */
export async function revokeToken(
  { tokens }: Pick<Access, 'tokens'>,
  audit: Pick<AuditLog, 'append'> | null,
  actor: AuditActor,
  id: string,
): Promise<boolean> {
  const isRevoked = tokens.revoke(id);
  if (isRevoked)
    await audit?.append(accessRecord('token-changed', actor, `token ${id}`, { change: 'revoked' }));
  return isRevoked;
}

export function accessRecord(
  act: AuditRecord['act'],
  actor: AuditActor,
  subject: string,
  facts: AuditRecord['facts'] = {},
  personal: AuditRecord['personal'] = {},
): AuditRecord {
  return { act, actor, subject, reason: '', facts, personal };
}
