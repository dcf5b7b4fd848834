import { hashSecret, newSecret, type AccessFile } from './access-file.ts';
import { isOidcName } from './oidc/oidc-name.ts';

/** Somebody who is logged in. */
export type Session = {
  /** For people and for `revoke`; the session cannot be taken over with it. */
  readonly id: string;
  /** Login name, or `oidcNameOf`. */
  readonly operator: string;
  /** `credentialOf` the operator at login, or `oidcCredential`. */
  readonly credential: string;
  /** Where the login came from. */
  readonly address: string;
  readonly begunAt: Date;
  readonly seenAt: Date;
};

export type SessionLimits = {
  /** Without a request for so long, a session ends. */
  readonly idleMs: number;
  /** However busy, a session ends. */
  readonly absoluteMs: number;
  /** The same of one that began with a provider: only the next sign-in tells what has changed there. */
  readonly oidcMs: number;
};

export const defaultSessionLimits: SessionLimits = {
  idleMs: 60 * 60_000,
  absoluteMs: 12 * 3_600_000,
  oidcMs: 4 * 3_600_000,
};

export function sessionLimitsOf({
  oidcSessionMinutes,
}: {
  readonly oidcSessionMinutes: number;
}): SessionLimits {
  return { ...defaultSessionLimits, oidcMs: oidcSessionMinutes * 60_000 };
}

export type Sessions = {
  /** Returns the secret of a new session, which is never the one that the browser came with. */
  readonly begin: (login: Pick<Session, 'operator' | 'credential' | 'address'>) => string;
  /** The session of a secret, or null where it ended; counts as activity. */
  readonly find: (secret: string) => Session | null;
  readonly end: (secret: string) => void;
  /** Latest activity first. */
  readonly list: () => readonly Session[];
  /** One session by its id, or all of an operator; how many ended. */
  readonly revoke: (which: { readonly id: string } | { readonly operator: string }) => number;
};

/** More of one operator end the oldest. */
const sessionsPerOperator = 20;
/** Activity is written down at most so often. */
const seenEveryMs = 60_000;
const idLength = 16;

type Row = {
  readonly hash: string;
  readonly operator: string;
  readonly credential: string;
  readonly address: string;
  readonly begun: number;
  readonly seen: number;
};

export function createSessions(
  file: AccessFile,
  now: () => Date,
  { idleMs, absoluteMs, oidcMs }: SessionLimits = defaultSessionLimits,
): Sessions {
  const isOver = ({ operator, begun, seen }: Row) => {
    const nowMs = now().getTime();
    const longestMs = isOidcName(operator) ? Math.min(oidcMs, absoluteMs) : absoluteMs;
    return nowMs - begun >= longestMs || nowMs - seen >= idleMs;
  };
  const all = () => file.open().prepare('SELECT * FROM session ORDER BY seen DESC').all() as Row[];
  const remove = (hash: string) =>
    void file.open().prepare('DELETE FROM session WHERE hash = ?').run(hash);
  return {
    begin: ({ operator, credential, address }) => {
      const secret = newSecret();
      const nowMs = now().getTime();
      for (const row of all()) if (isOver(row)) remove(row.hash);
      for (const row of all()
        .filter((one) => one.operator === operator)
        .slice(sessionsPerOperator - 1))
        remove(row.hash);
      file
        .open()
        .prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)')
        .run(hashSecret(secret), operator, credential, address, nowMs, nowMs);
      return secret;
    },
    find: (secret) => {
      const hash = hashSecret(secret);
      const row = file.open().prepare('SELECT * FROM session WHERE hash = ?').get(hash) as
        Row | undefined;
      if (row === undefined) return null;
      if (isOver(row)) {
        remove(hash);
        return null;
      }
      const nowMs = now().getTime();
      if (nowMs - row.seen >= seenEveryMs)
        file.open().prepare('UPDATE session SET seen = ? WHERE hash = ?').run(nowMs, hash);
      return sessionOf(row);
    },
    end: (secret) => remove(hashSecret(secret)),
    list: () =>
      all()
        .filter((row) => !isOver(row))
        .map(sessionOf),
    revoke: (which) => {
      const found = all().filter((row) =>
        'id' in which
          ? row.hash.slice(0, idLength) === which.id
          : row.operator.toLowerCase() === which.operator.toLowerCase(),
      );
      for (const { hash } of found) remove(hash);
      return found.length;
    },
  };
}

function sessionOf({ hash, operator, credential, address, begun, seen }: Row): Session {
  return {
    id: hash.slice(0, idLength),
    operator,
    credential,
    address,
    begunAt: new Date(begun),
    seenAt: new Date(seen),
  };
}
