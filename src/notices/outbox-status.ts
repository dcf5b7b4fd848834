import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';

export type OutboxStatus = {
  /** What waits to become a notice, and notices that are not delivered yet. */
  readonly waiting: number;
  readonly pending: number;
  /** Since when the oldest of them should have been sent, or null. */
  readonly overdueSince: Date | null;
  readonly lastSentAt: Date | null;
  /** The next time that something falls due. */
  readonly nextDueAt: Date | null;
  readonly failures: readonly {
    readonly recipient: string;
    readonly at: Date;
    readonly reply: string;
    readonly isFinal: boolean;
  }[];
};

export function statusOf(sql: SqliteStatements, now: Date): OutboxStatus {
  const number = (query: string, ...given: number[]) =>
    (sql.get(query, ...given)?.['value'] ?? null) as number | null;
  const entryDue = number('SELECT min(due_ms) AS value FROM entry WHERE notice IS NULL');
  const noticeDue = number("SELECT min(created_ms) AS value FROM notice WHERE state = 'pending'");
  const nextTry = number("SELECT min(next_ms) AS value FROM notice WHERE state = 'pending'");
  const since = earliest(entryDue, noticeDue);
  return {
    waiting: number('SELECT count(*) AS value FROM entry WHERE notice IS NULL') ?? 0,
    pending: number("SELECT count(*) AS value FROM notice WHERE state = 'pending'") ?? 0,
    overdueSince: since !== null && since <= now.getTime() ? new Date(since) : null,
    lastSentAt: dateOf(number("SELECT max(closed_ms) AS value FROM notice WHERE state = 'sent'")),
    nextDueAt: dateOf(earliest(entryDue, nextTry)),
    failures: sql
      .all(
        "SELECT recipient, coalesce(closed_ms, next_ms) AS at, reply, state FROM notice WHERE state IN ('refused', 'expired') OR (state = 'pending' AND attempts > 0) ORDER BY created_ms DESC LIMIT 5",
      )
      .map(({ recipient, at, reply, state }) => ({
        recipient: recipient as string,
        at: new Date(at as number),
        reply: reply as string,
        isFinal: state !== 'pending',
      })),
  };
}

function earliest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function dateOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
