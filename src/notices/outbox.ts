import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../sqlite/sqlite-file.ts';
import { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import type { Addressee, DeliveredMail, NoticeKind } from './notice.ts';
import { backoffMs, gatherMs, giveUpMs, keptMs, leaseMs } from './notice-times.ts';
import { statusOf, type OutboxStatus } from './outbox-status.ts';
import { planNotices } from './plan-notices.ts';

/** Something that somebody has to be told. */
export type ToTell = {
  readonly kind: NoticeKind;
  readonly message: string;
  /** What it is told together with: a campaign, or the message alone. */
  readonly campaign: string;
  readonly to: readonly Addressee[];
  /** Not before; a short while from now when absent, so that copies are told of together. */
  readonly due?: Date;
  /** For `attack`. */
  readonly mail?: DeliveredMail;
};

/** A notice to be composed and sent. */
export type PendingNotice = {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly to: Addressee;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly messages: readonly {
    readonly message: string;
    readonly campaign: string;
    readonly mail: DeliveredMail | null;
  }[];
};

/** `settled`: nothing was left to tell; `again`: later; the others are final. */
export type SendingOutcome = 'sent' | 'settled' | 'again' | 'refused' | 'expired';

export type Outbox = {
  /**
   * Gives who will hear of it by this; on disk when it returns. Held mail is told of once, an attack once unless the notice
   * could not be delivered; everything else again each time that it is added.
   */
  readonly add: (entry: ToTell, now: Date) => readonly string[];
  /** The same for several, in one transaction. */
  readonly addAll: (entries: readonly ToTell[], now: Date) => readonly string[];
  /** Who would hear of it by `add`; for what is told once. */
  readonly unaware: (entry: Pick<ToTell, 'kind' | 'message' | 'to'>) => readonly Addressee[];
  /** The message was not held after all. */
  readonly forget: (message: string) => void;
  /** Makes notices of what is due, or of everything; true where that was only a part of it. */
  readonly plan: (now: Date, which?: 'due' | 'all') => boolean;
  /** The next notice to send, for a while nobody else's; null where nothing is due. */
  readonly claim: (now: Date) => PendingNotice | null;
  readonly finish: (id: string, outcome: SendingOutcome, reply: string, now: Date) => void;
  readonly status: (now: Date) => OutboxStatus;
  /** Forgets what is long over. */
  readonly prune: (now: Date) => void;
};

/** What has to be told and what became of it, shared by all processes of a machine. */
export function createOutbox(database: DatabaseSync): Outbox {
  const sql = new SqliteStatements(database);
  return {
    add: (entry, now) =>
      inTransaction(database, 'BEGIN IMMEDIATE', () => addEntries(sql, entry, now)),
    addAll: (entries, now) =>
      inTransaction(database, 'BEGIN IMMEDIATE', () =>
        entries.flatMap((entry) => addEntries(sql, entry, now)),
      ),
    unaware: ({ kind, message, to }) =>
      to.filter(
        ({ address, audience }) => sql.get(knows, address, audience, kind, message) === undefined,
      ),
    forget: (message) =>
      void sql.run(
        "DELETE FROM entry WHERE message = ? AND kind = 'held' AND notice IS NULL",
        message,
      ),
    plan: (now, which = 'due') =>
      inTransaction(database, 'BEGIN IMMEDIATE', () => planNotices(sql, now, which)),
    claim: (now) => inTransaction(database, 'BEGIN IMMEDIATE', () => claim(sql, now)),
    finish: (id, outcome, reply, now) => {
      finish(sql, { id, outcome, reply, now });
    },
    status: (now) => inTransaction(database, 'BEGIN', () => statusOf(sql, now)),
    prune: (now) =>
      inTransaction(database, 'BEGIN IMMEDIATE', () => {
        const before = now.getTime() - keptMs;
        sql.run(
          'DELETE FROM entry WHERE notice IN (SELECT id FROM notice WHERE closed_ms < ?)',
          before,
        );
        sql.run('DELETE FROM notice WHERE closed_ms < ?', before);
        sql.run('DELETE FROM request WHERE closed_ms < ?', before);
      }),
  };
}

const isUndelivered =
  "EXISTS (SELECT 1 FROM notice WHERE id = entry.notice AND state IN ('refused', 'expired'))";
const knows = `SELECT 1 FROM entry WHERE recipient = ? AND audience = ? AND kind = ? AND message = ? AND NOT ${isUndelivered}`;
const tellAgain = 'DO UPDATE SET notice = NULL, due_ms = excluded.due_ms';
/** What a recipient asks for, and time, may come again. */
const whenTold: Readonly<Record<NoticeKind, string>> = {
  held: 'DO NOTHING',
  attack: `${tellAgain} WHERE ${isUndelivered}`,
  expiring: tellAgain,
  request: tellAgain,
  report: tellAgain,
};

function addEntries(sql: SqliteStatements, entry: ToTell, now: Date): readonly string[] {
  const { kind, message, campaign, to, mail } = entry;
  const due = entry.due?.getTime() ?? now.getTime() + gatherMs;
  const isNews = ({ address, audience }: Addressee) =>
    sql.run(
      `INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, NULL, ?) ON CONFLICT ${whenTold[kind]}`,
      address,
      audience,
      kind,
      message,
      campaign === '' ? message : campaign,
      due,
      mail === undefined ? '' : JSON.stringify(mail),
    ) > 0;
  return to.filter(isNews).map(({ address }) => address);
}

function claim(sql: SqliteStatements, now: Date): PendingNotice | null {
  const at = now.getTime();
  const row = sql.get(
    "SELECT * FROM notice WHERE state = 'pending' AND next_ms <= ? AND leased_ms <= ? ORDER BY next_ms LIMIT 1",
    at,
    at,
  );
  if (row === undefined) return null;
  sql.run('UPDATE notice SET leased_ms = ? WHERE id = ?', at + leaseMs, row['id'] as string);
  return {
    id: row['id'] as string,
    kind: row['kind'] as NoticeKind,
    to: {
      address: row['recipient'] as string,
      audience: row['audience'] as Addressee['audience'],
    },
    createdAt: new Date(row['created_ms'] as number),
    attempts: row['attempts'] as number,
    messages: sql
      .all(
        'SELECT message, campaign, detail FROM entry WHERE notice = ? ORDER BY message',
        row['id'] as string,
      )
      .map(({ message, campaign, detail }) => ({
        message: message as string,
        campaign: campaign as string,
        mail: detail === '' ? null : (JSON.parse(detail as string) as DeliveredMail),
      })),
  };
}

function finish(
  sql: SqliteStatements,
  of: {
    readonly id: string;
    readonly outcome: SendingOutcome;
    readonly reply: string;
    readonly now: Date;
  },
): void {
  const at = of.now.getTime();
  const attempts = (sql.get('SELECT attempts FROM notice WHERE id = ?', of.id)?.['attempts'] ??
    0) as number;
  const reply = of.reply.slice(0, 500);
  if (of.outcome === 'again')
    sql.run(
      'UPDATE notice SET attempts = ?, next_ms = ?, leased_ms = 0, reply = ? WHERE id = ?',
      attempts + 1,
      at + backoffMs(attempts),
      reply,
      of.id,
    );
  else
    sql.run(
      'UPDATE notice SET state = ?, attempts = ?, closed_ms = ?, reply = ? WHERE id = ?',
      of.outcome,
      attempts + 1,
      at,
      reply,
      of.id,
    );
}

/** Whether a notice that was not taken is tried again, from its first try on. */
export function isWorthAnotherTry(createdAt: Date, now: Date): boolean {
  return now.getTime() - createdAt.getTime() < giveUpMs;
}
