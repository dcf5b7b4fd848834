import type { AuditLog } from '../../audit/audit-log.ts';
import { accessRecord, type Access } from './access.ts';
import type { Client } from './client.ts';
import type { LoginLimiter } from './login-limiter.ts';
import { credentialOf, findOperator } from './operators.ts';
import { verifyPassword } from './password.ts';

export type LoginResult =
  | { readonly outcome: 'accepted'; readonly secret: string; readonly name: string }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'limited' | 'busy'; readonly waitSeconds: number };

export type Login = (
  client: Client,
  given: { readonly name: string; readonly password: string },
) => Promise<LoginResult>;

/** Passwords being hashed at once; each takes 32 MB. */
const maxAtOnce = 4;
const busySeconds = 5;

export type LoginOptions = {
  readonly access: Pick<Access, 'operators' | 'sessions'>;
  readonly limiter: LoginLimiter;
  readonly audit: Pick<AuditLog, 'append'> | null;
};

/**
 * Name and password to a new session. The same answer after the same work for a wrong password and for a name that
 * nobody has. @throws when a login cannot be recorded: nobody is in who is not on record.
 */
export function createLogin({ access, limiter, audit }: LoginOptions): Login {
  let running = 0;
  return async ({ address }, { name, password }) => {
    const waitSeconds = limiter.attempt(address, name);
    if (waitSeconds !== null) return { outcome: 'limited', waitSeconds };
    if (running >= maxAtOnce) return { outcome: 'busy', waitSeconds: busySeconds };
    running += 1;
    try {
      const state = await access.operators.state();
      const operator = state.kind === 'ready' ? findOperator(state.operators, name) : null;
      const isRight = await verifyPassword(password, operator?.password ?? null);
      const personal = { address };
      if (operator === null || !isRight) {
        const who = operator?.name ?? 'nobody';
        const actor = { kind: 'operator', name: who, via: 'console' } as const;
        await audit?.append(
          accessRecord('login-refused', actor, '', { known: operator !== null }, personal),
        );
        return { outcome: 'refused' };
      }
      const actor = { kind: 'operator', name: operator.name, via: 'console' } as const;
      await audit?.append(accessRecord('logged-in', actor, '', { role: operator.role }, personal));
      limiter.succeeded(address, name);
      const credential = credentialOf(operator);
      const secret = access.sessions.begin({ operator: operator.name, credential, address });
      return { outcome: 'accepted', secret, name: operator.name };
    } finally {
      running -= 1;
    }
  };
}
