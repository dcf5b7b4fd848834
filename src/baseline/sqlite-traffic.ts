import { LRUCache } from 'lru-cache';
import { dayMs } from './ledger.ts';
import * as retention from './retention.ts';
import type { NameId } from './sqlite-names.ts';
import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';

/**
 * `expires` is a day of the machine's clock, `seen` a millisecond of it; days, hours and epochs are those of the messages.
 */
export const trafficSchema = `
CREATE TABLE hour (alias INTEGER, hour INTEGER, messages INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, hour)) STRICT, WITHOUT ROWID;
CREATE TABLE signature (alias INTEGER, epoch INTEGER, signature TEXT, codes TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (alias, epoch, signature)) STRICT, WITHOUT ROWID;
CREATE TABLE applied (alias INTEGER, id TEXT, seen INTEGER NOT NULL, PRIMARY KEY (alias, id)) STRICT, WITHOUT ROWID;
CREATE TABLE daily (alias INTEGER, day INTEGER, messages INTEGER NOT NULL, PRIMARY KEY (alias, day)) STRICT, WITHOUT ROWID;
`;
/** To count the ids of an alias reads them all: one commit in so many does, and they overshoot by fewer. */
const commitsPerCount = 64;
/** Rows that were written faster than one in a millisecond run ahead of the clock, by this at the most. */
const mostAheadMs = 60_000;
/** Days after which a row of a table is gone, by when it was first `seen`. */
const daysKept = { signature: retention.signatureDays, applied: retention.appliedDays };
const expiring = ['hour', ...Object.keys(daysKept)];

/** What passes and is remembered for a while: clock hours, days, signatures, commit ids. No transaction of its own. */
export class SqliteTraffic {
  readonly #sql: SqliteStatements;
  /** Commits by alias until its ids are counted; of an alias that is not here, with the next. */
  readonly #untilCount = new LRUCache<NameId, number>({ max: 2000 });
  readonly #now: () => Date;
  #lastSeen = 0;

  /** `now` is the machine's clock. */
  constructor(statements: SqliteStatements, now: () => Date) {
    this.#sql = statements;
    this.#now = now;
  }

  hourMessages(alias: NameId, hour: number): number {
    const row = this.#sql.get(
      'SELECT messages FROM hour WHERE alias = ? AND hour = ?',
      alias,
      hour,
    );
    return (row?.['messages'] as number | undefined) ?? 0;
  }

  /** Where an alias has more than `most` hours, those further than `keepWithin` from `hour` leave. */
  addHourMessage(
    alias: NameId,
    hour: number,
    bounds: { readonly expires: number; readonly most: number; readonly keepWithin: number },
  ): void {
    const { expires, most, keepWithin } = bounds;
    const add = 'UPDATE hour SET messages = messages + 1, expires = ? WHERE alias = ? AND hour = ?';
    if (this.#sql.run(add, expires, alias, hour) > 0) return;
    this.#sql.run('INSERT INTO hour VALUES (?, ?, 1, ?)', alias, hour, expires);
    const row = this.#sql.get('SELECT COUNT(*) AS size FROM hour WHERE alias = ?', alias);
    if ((row?.['size'] as number) <= most) return;
    const far = 'DELETE FROM hour WHERE alias = ? AND abs(hour - ?) > ?';
    this.#sql.run(far, alias, hour, keepWithin);
  }

  /** Messages by day. */
  daily(alias: NameId): ReadonlyMap<number, number> {
    const rows = this.#sql.all('SELECT day, messages FROM daily WHERE alias = ?', alias);
    return new Map(rows.map(({ day, messages }) => [day as number, messages as number]));
  }

  dayMessages(alias: NameId, day: number): number {
    const row = this.#sql.get('SELECT messages FROM daily WHERE alias = ? AND day = ?', alias, day);
    return (row?.['messages'] as number | undefined) ?? 0;
  }

  /** Where an alias has more than `most` days, the oldest leave. */
  addDayMessage(
    alias: NameId,
    day: number,
    bounds: { readonly most: number; readonly keep: number },
  ): void {
    const add = 'UPDATE daily SET messages = messages + 1 WHERE alias = ? AND day = ?';
    if (this.#sql.run(add, alias, day) > 0) return;
    this.#sql.run('INSERT INTO daily VALUES (?, ?, 1)', alias, day);
    const row = this.#sql.get('SELECT COUNT(*) AS size FROM daily WHERE alias = ?', alias);
    const size = row?.['size'] as number;
    if (size <= bounds.most) return;
    const oldest = 'SELECT day FROM daily WHERE alias = ? ORDER BY day LIMIT ?';
    this.#sql.run(
      `DELETE FROM daily WHERE alias = ? AND day IN (${oldest})`,
      alias,
      alias,
      size - bounds.keep,
    );
  }

  dropDay(alias: NameId, day: number): void {
    this.#sql.run('DELETE FROM daily WHERE alias = ? AND day = ?', alias, day);
  }

  /** Null where the signature was not seen in the epoch. */
  recipientCodes(alias: NameId, epoch: number, signature: string): string | null {
    const sql = 'SELECT codes FROM signature WHERE alias = ? AND epoch = ? AND signature = ?';
    return (this.#sql.get(sql, alias, epoch, signature)?.['codes'] as string | undefined) ?? null;
  }

  setRecipientCodes(
    alias: NameId,
    epoch: number,
    { signature, codes }: { readonly signature: string; readonly codes: string },
  ): void {
    const sql =
      'INSERT INTO signature VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET codes = excluded.codes';
    this.#sql.run(sql, alias, epoch, signature, codes, this.#seen());
  }

  /** Where an epoch has more than `most` signatures, those that reached fewest recipients leave, the oldest first. */
  pruneSignatures(
    alias: NameId,
    epoch: number,
    bounds: { readonly most: number; readonly keep: number },
  ): void {
    const count = 'SELECT COUNT(*) AS size FROM signature WHERE alias = ? AND epoch = ?';
    const size = this.#sql.get(count, alias, epoch)?.['size'] as number;
    if (size <= bounds.most) return;
    const fewest =
      'SELECT signature FROM signature WHERE alias = ?1 AND epoch = ?2 ORDER BY length(codes), seen LIMIT ?3';
    this.#sql.run(
      `DELETE FROM signature WHERE alias = ?1 AND epoch = ?2 AND signature IN (${fewest})`,
      alias,
      epoch,
      size - bounds.keep,
    );
  }

  /** False when the commit was applied before. Where an alias has more than `most`, the oldest leave. */
  rememberCommit(
    alias: NameId,
    id: string,
    bounds: { readonly most: number; readonly keep: number },
  ): boolean {
    const add = 'INSERT OR IGNORE INTO applied VALUES (?, ?, ?)';
    if (this.#sql.run(add, alias, id, this.#seen()) === 0) return false;
    const left = this.#untilCount.get(alias) ?? 0;
    if (left === 0) this.#pruneCommits(alias, bounds);
    this.#untilCount.set(alias, left === 0 ? commitsPerCount - 1 : left - 1);
    return true;
  }

  /** Ids that an alias has; as long as there are fewer than are kept, none has left for want of room. */
  rememberedCommits(alias: NameId): number {
    const count = 'SELECT COUNT(*) AS size FROM applied WHERE alias = ?';
    return this.#sql.get(count, alias)?.['size'] as number;
  }

  #pruneCommits(alias: NameId, bounds: { readonly most: number; readonly keep: number }): void {
    const size = this.rememberedCommits(alias);
    if (size <= bounds.most) return;
    const oldest = 'SELECT id FROM applied WHERE alias = ?1 ORDER BY seen LIMIT ?2';
    const sql = `DELETE FROM applied WHERE alias = ?1 AND id IN (${oldest})`;
    this.#sql.run(sql, alias, size - bounds.keep);
  }

  dropAlias(alias: NameId): void {
    for (const table of [...expiring, 'daily'])
      this.#sql.run(`DELETE FROM ${table} WHERE alias = ?`, alias);
  }

  /** The next alias of which something passes, or null. Who wrote (sqlite-actors.ts) has an hour as well. */
  aliasAfter(alias: NameId): NameId | null {
    const each = expiring
      .map((table) => `SELECT min(alias) AS next FROM ${table} WHERE alias > ?1`)
      .join(' UNION ALL ');
    return this.#sql.get(`SELECT min(next) AS next FROM (${each})`, alias)?.[
      'next'
    ] as NameId | null;
  }

  dropExpired(alias: NameId, today: number): void {
    this.#sql.run('DELETE FROM hour WHERE alias = ? AND expires < ?', alias, today);
    for (const [table, days] of Object.entries(daysKept)) {
      const sql = `DELETE FROM ${table} WHERE alias = ? AND seen < ?`;
      this.#sql.run(sql, alias, (today - days) * dayMs);
    }
  }

  /** The millisecond, later than the last: it tells which of two rows is the older one. A clock that is set back is followed. */
  #seen(): number {
    const now = this.#now().getTime();
    const next = this.#lastSeen + 1;
    this.#lastSeen = next - now > mostAheadMs ? now : Math.max(now, next);
    return this.#lastSeen;
  }
}
