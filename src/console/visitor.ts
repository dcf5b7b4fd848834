import type { IncomingMessage } from 'node:http';
import type { Reviewer } from '../review/review.ts';
import type { Access } from './access/access.ts';
import { newSecret } from './access/access-file.ts';
import type { Client } from './access/client.ts';
import { isOidcName } from './access/oidc/oidc-name.ts';
import { roleOfCredential } from './access/oidc/oidc-role.ts';
import { credentialOf, findOperator, type OperatorsState } from './access/operators.ts';
import type { Session } from './access/sessions.ts';
import { roleOfScopes } from './access/tokens.ts';
import type { Role } from './role.ts';

/** Somebody whom we know. */
export type Visitor = {
  readonly name: string;
  readonly role: Role;
  /** On this machine, where nobody has to log in. */
  readonly local: boolean;
  readonly via: Reviewer['via'] & ('console' | 'api');
};

export function reviewerOf({ name, via }: Visitor): Reviewer {
  return { kind: 'operator', name, via };
}

/** A browser: its cookies, and who that makes it. */
export type Browser = {
  readonly visitor: Visitor | null;
  /** What form tokens are bound to: the session's secret, or that of a visit without login. */
  readonly cookie: string;
  /** The browser has no such cookie yet. */
  readonly isNewCookie: boolean;
};

export type Cookies = Readonly<Record<string, string | undefined>>;

/** `__Host-`: only from us, only over TLS, for the whole site (RFC 6265bis §4.1.3.2). Over plain HTTP browsers refuse it. */
export function cookieName(kind: 'session' | 'visit', { isHttps }: Client): string {
  return `${isHttps ? '__Host-' : ''}aliaswatch-${kind}`;
}

const secretForm = /^[A-Za-z0-9_-]{43}$/;

type Recognizing = Pick<Access, 'operators' | 'sessions' | 'passwordLogin' | 'oidc'>;

/**
 * Who the cookies say it is. A session counts only while its operator is in the file with the password of its login, and
 * in the role that the file names now; one that began with a provider, while that and the mapping of roles are the same.
 */
export async function recognizeBrowser(
  cookies: Cookies,
  client: Client,
  access: Recognizing,
): Promise<Browser> {
  const state = await access.operators.state();
  const secret = cookies[cookieName('session', client)] ?? '';
  const isLogin = state.kind === 'ready' || access.oidc !== null;
  const session = isLogin && secretForm.test(secret) ? access.sessions.find(secret) : null;
  const holder = session && holderOf(session, state, access);
  if (holder)
    return {
      visitor: { ...holder, local: false, via: 'console' },
      cookie: secret,
      isNewCookie: false,
    };
  const visit = cookies[cookieName('visit', client)] ?? '';
  const isKnown = secretForm.test(visit);
  return {
    visitor: state.kind === 'absent' && client.isLocal ? { ...localAdmin, via: 'console' } : null,
    cookie: isKnown ? visit : newSecret(),
    isNewCookie: !isKnown,
  };
}

function holderOf(
  { operator: name, credential }: Session,
  state: OperatorsState,
  { oidc, passwordLogin }: Recognizing,
): Pick<Visitor, 'name' | 'role'> | null {
  if (isOidcName(name)) {
    const role = oidc && roleOfCredential(credential, oidc);
    return role && { name, role };
  }
  if (state.kind !== 'ready' || !passwordLogin) return null;
  const operator = findOperator(state.operators, name);
  if (operator === null || credential !== credentialOf(operator)) return null;
  return { name: operator.name, role: operator.role };
}

/** Who a call of the API is from: its token, or anybody on this machine where nobody has to log in. */
export async function recognizeCaller(
  { headers }: IncomingMessage,
  client: Client,
  { operators, tokens }: Pick<Access, 'operators' | 'tokens'>,
): Promise<Visitor | null> {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const [, secret = ''] = /^bearer +(\S{1,200}) *$/i.exec(authorization) ?? [];
    const token = tokens.find(secret);
    if (token === null) return null;
    const role = roleOfScopes(token.scopes);
    return { name: `token:${token.name}`, role, local: false, via: 'api' };
  }
  const state = await operators.state();
  return state.kind === 'absent' && client.isLocal ? { ...localAdmin, via: 'api' } : null;
}

const localAdmin = { name: 'local', role: 'admin', local: true } as const;
