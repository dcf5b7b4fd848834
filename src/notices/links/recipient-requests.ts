import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../sqlite/sqlite-file.ts';
import { SqliteStatements } from '../../sqlite/sqlite-statements.ts';
import { newTransactionId } from '../../smtp/transaction-id.ts';

/** What a recipient asked for by a signed link, for operators to settle. */
export type RecipientRequest = {
  readonly id: string;
  readonly kind: 'release' | 'report';
  /** Id of the held message. */
  readonly message: string;
  readonly recipient: string;
  readonly at: Date;
  readonly state: 'open' | 'granted' | 'declined';
  readonly closedAt: Date | null;
  readonly closedBy: string;
  readonly detail: string;
};

export type RequestPage = { readonly limit: number; readonly after?: string };

export interface ReleaseRequests {
  /** `already` where this recipient has asked the same of this message. On disk when it returns. */
  add(
    request: Pick<RecipientRequest, 'kind' | 'message' | 'recipient'>,
    now: Date,
  ): 'added' | 'already';
  /** Newest first. */
  list(which: 'open' | 'all', page: RequestPage): readonly RecipientRequest[];
  /** Open ones about a message. */
  about(message: string): readonly RecipientRequest[];
  /** False where there is no such open request. */
  close(
    id: string,
    how: {
      readonly state: 'granted' | 'declined';
      readonly by: string;
      readonly detail: string;
      readonly at: Date;
    },
  ): boolean;
  /** Those about a message that were settled since then are open again. */
  reopen(message: string, since: Date): void;
}

export type UsedLinks = {
  /**
   * Takes a link for use: false where it was used, or somebody is at it. What a killed process had taken is free again
   * after five minutes.
   */
  readonly take: (mac: string, expiresAt: Date, now: Date) => boolean;
  readonly done: (mac: string) => void;
  /** It came to nothing: it may be used again. */
  readonly giveBack: (mac: string) => void;
};

const abandonedMs = 300_000;

export function createRequests(database: DatabaseSync): ReleaseRequests {
  const sql = new SqliteStatements(database);
  return {
    add: ({ kind, message, recipient }, now) =>
      sql.run(
        "INSERT INTO request VALUES (?, ?, ?, ?, ?, 'open', NULL, '', '') ON CONFLICT DO NOTHING",
        newTransactionId(now),
        kind,
        message,
        recipient,
        now.getTime(),
      ) > 0
        ? 'added'
        : 'already',
    list: (which, { limit, after }) =>
      sql
        .all(
          "SELECT * FROM request WHERE (? = 'all' OR state = 'open') AND id < ? ORDER BY id DESC LIMIT ?",
          which,
          after ?? '~',
          limit,
        )
        .map(requestOf),
    about: (message) =>
      sql
        .all("SELECT * FROM request WHERE message = ? AND state = 'open' ORDER BY id", message)
        .map(requestOf),
    close: (id, { state, by, detail, at }) =>
      sql.run(
        "UPDATE request SET state = ?, closed_ms = ?, closed_by = ?, detail = ? WHERE id = ? AND state = 'open'",
        state,
        at.getTime(),
        by,
        detail.slice(0, 500),
        id,
      ) > 0,
    reopen: (message, since) =>
      void sql.run(
        "UPDATE request SET state = 'open', closed_ms = NULL, closed_by = '', detail = '' WHERE message = ? AND closed_ms >= ?",
        message,
        since.getTime(),
      ),
  };
}

export function createUsedLinks(database: DatabaseSync): UsedLinks {
  const sql = new SqliteStatements(database);
  return {
    take: (mac, expiresAt, now) =>
      inTransaction(database, 'BEGIN IMMEDIATE', () => {
        const at = now.getTime();
        sql.run('DELETE FROM used_link WHERE expires_ms < ?', at);
        sql.run(
          'DELETE FROM used_link WHERE mac = ? AND done = 0 AND at_ms < ?',
          mac,
          at - abandonedMs,
        );
        return (
          sql.run(
            'INSERT INTO used_link VALUES (?, 0, ?, ?) ON CONFLICT DO NOTHING',
            mac,
            at,
            expiresAt.getTime(),
          ) > 0
        );
      }),
    done: (mac) => void sql.run('UPDATE used_link SET done = 1 WHERE mac = ?', mac),
    giveBack: (mac) => void sql.run('DELETE FROM used_link WHERE mac = ? AND done = 0', mac),
  };
}

function requestOf(row: Readonly<Record<string, unknown>>): RecipientRequest {
  const closedMs = row['closed_ms'] as number | null;
  return {
    id: row['id'] as string,
    kind: row['kind'] as RecipientRequest['kind'],
    message: row['message'] as string,
    recipient: row['recipient'] as string,
    at: new Date(row['at_ms'] as number),
    state: row['state'] as RecipientRequest['state'],
    closedAt: closedMs === null ? null : new Date(closedMs),
    closedBy: row['closed_by'] as string,
    detail: row['detail'] as string,
  };
}
