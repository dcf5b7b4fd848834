import { randomBytes } from 'node:crypto';
import type { Role } from '../role.ts';
import { hashSecret, newSecret, type AccessFile } from './access-file.ts';

/** What a token may do: see, decide about mail, everything. Each includes the one before it. */
export const scopes = ['read', 'review', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export type Token = {
  /** For people and for `revoke`. */
  readonly id: string;
  /** What it is for, in the words of who made it. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly madeAt: Date;
  readonly expiresAt: Date;
  /** To the minute; null before the first use. */
  readonly usedAt: Date | null;
};

export type Tokens = {
  /** The token itself is shown once, here, and never again. */
  readonly make: (token: Pick<Token, 'name' | 'scopes' | 'expiresAt'>) => {
    readonly token: Token;
    readonly secret: string;
  };
  /** Null for one that is unknown, revoked or past its time. */
  readonly find: (secret: string) => Token | null;
  /** Newest first, those past their time included. */
  readonly list: () => readonly Token[];
  readonly revoke: (id: string) => boolean;
};

/** Tells secret scanners what they have found. */
const prefix = 'aliaswatch_';
const form = new RegExp(`^${prefix}[A-Za-z0-9_-]{43}$`);
const usedEveryMs = 60_000;

/** The role that a token with these scopes acts in. */
export function roleOfScopes(given: readonly Scope[]): Role {
  if (given.includes('admin')) return 'admin';
  return given.includes('review') ? 'operator' : 'viewer';
}

type Row = {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly scopes: string;
  readonly made: number;
  readonly expires: number;
  readonly used: number | null;
};

export function createTokens(file: AccessFile, now: () => Date): Tokens {
  return {
    make: ({ name, scopes: given, expiresAt }) => {
      const secret = `${prefix}${newSecret()}`;
      const row: Row = {
        id: randomBytes(8).toString('hex'),
        hash: hashSecret(secret),
        name,
        scopes: given.join(' '),
        made: now().getTime(),
        expires: expiresAt.getTime(),
        used: null,
      };
      file
        .open()
        .prepare('INSERT INTO token VALUES (:id, :hash, :name, :scopes, :made, :expires, :used)')
        .run(row);
      return { token: tokenOf(row), secret };
    },
    find: (secret) => {
      if (!form.test(secret)) return null;
      const nowMs = now().getTime();
      const row = file
        .open()
        .prepare('SELECT * FROM token WHERE hash = ? AND expires > ?')
        .get(hashSecret(secret), nowMs) as Row | undefined;
      if (row === undefined) return null;
      if (nowMs - (row.used ?? 0) >= usedEveryMs)
        file.open().prepare('UPDATE token SET used = ? WHERE id = ?').run(nowMs, row.id);
      return tokenOf(row);
    },
    list: () =>
      (file.open().prepare('SELECT * FROM token ORDER BY made DESC').all() as Row[]).map(tokenOf),
    revoke: (id) => file.open().prepare('DELETE FROM token WHERE id = ?').run(id).changes === 1,
  };
}

function tokenOf(row: Row): Token {
  return {
    id: row.id,
    name: row.name,
    scopes: scopes.filter((scope) => row.scopes.split(' ').includes(scope)),
    madeAt: new Date(row.made),
    expiresAt: new Date(row.expires),
    usedAt: row.used === null ? null : new Date(row.used),
  };
}
