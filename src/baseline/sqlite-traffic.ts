import { LRUCache } from 'lru-cache';
import type { SqliteStatements } from './sqlite-statements.ts';

/** `expires` is a day of the machine's clock; hours and epochs are those of the messages. */
export const trafficSchema = `
CREATE TABLE hour (alias TEXT, hour INTEGER, messages INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, hour)) WITHOUT ROWID;
CREATE TABLE signature (alias TEXT, epoch INTEGER, signature TEXT, codes TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, epoch, signature));
CREATE TABLE applied (alias TEXT, id TEXT, expires INTEGER NOT NULL, PRIMARY KEY (alias, id));
`;
/** `day` is that of the messages. */
export const dailySchema = `
CREATE TABLE daily (alias TEXT, day INTEGER, messages INTEGER NOT NULL, PRIMARY KEY (alias, day)) WITHOUT ROWID;
`;
/** To count the ids of an alias reads them all: one commit in so many does, and they overshoot by fewer. */
const commitsPerCount = 64;
const expiring = ['hour', 'signature', 'applied'];

/** What passes and is remembered for a while: clock hours, days, signatures, commit ids. No transaction of its own. */
export class SqliteTraffic {
  readonly #sql: SqliteStatements;
  /** Commits by alias until its ids are counted; of an alias that is not here, with the next. */
  readonly #untilCount = new LRUCache<string, number>({ max: 2000 });

  constructor(statements: SqliteStatements) {
    this.#sql = statements;
  }

  hourMessages(alias: string, hour: number): number {
    const row = this.#sql.get(
      'SELECT messages FROM hour WHERE alias = ? AND hour = ?',
      alias,
      hour,
    );
    return (row?.['messages'] as number | undefined) ?? 0;
  }

  /** Where an alias has more than `most` hours, those further than `keepWithin` from `hour` leave. */
  addHourMessage(
    alias: string,
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
  daily(alias: string): ReadonlyMap<number, number> {
    const rows = this.#sql.all('SELECT day, messages FROM daily WHERE alias = ?', alias);
    return new Map(rows.map(({ day, messages }) => [day as number, messages as number]));
  }

  dayMessages(alias: string, day: number): number {
    const row = this.#sql.get('SELECT messages FROM daily WHERE alias = ? AND day = ?', alias, day);
    return (row?.['messages'] as number | undefined) ?? 0;
  }

  /** Where an alias has more than `most` days, the oldest leave. */
  addDayMessage(
    alias: string,
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

  dropDay(alias: string, day: number): void {
    this.#sql.run('DELETE FROM daily WHERE alias = ? AND day = ?', alias, day);
  }

  /** Null where the signature was not seen in the epoch. */
  recipientCodes(alias: string, epoch: number, signature: string): string | null {
    const sql = 'SELECT codes FROM signature WHERE alias = ? AND epoch = ? AND signature = ?';
    return (this.#sql.get(sql, alias, epoch, signature)?.['codes'] as string | undefined) ?? null;
  }

  setRecipientCodes(
    alias: string,
    epoch: number,
    row: { readonly signature: string; readonly codes: string; readonly expires: number },
  ): void {
    const sql =
      'INSERT INTO signature VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET codes = excluded.codes';
    this.#sql.run(sql, alias, epoch, row.signature, row.codes, row.expires);
  }

  /** Where an epoch has more than `most` signatures, those that reached fewest recipients leave, the oldest first. */
  pruneSignatures(
    alias: string,
    epoch: number,
    bounds: { readonly most: number; readonly keep: number },
  ): void {
    const count = 'SELECT COUNT(*) AS size FROM signature WHERE alias = ? AND epoch = ?';
    const size = this.#sql.get(count, alias, epoch)?.['size'] as number;
    if (size <= bounds.most) return;
    const fewest =
      'SELECT rowid FROM signature WHERE alias = ? AND epoch = ? ORDER BY length(codes), rowid LIMIT ?';
    this.#sql.run(
      `DELETE FROM signature WHERE rowid IN (${fewest})`,
      alias,
      epoch,
      size - bounds.keep,
    );
  }

  /** False when the commit was applied before. Where an alias has more than `most`, the oldest leave. */
  rememberCommit(
    alias: string,
    id: string,
    {
      expires,
      most,
      keep,
    }: { readonly expires: number; readonly most: number; readonly keep: number },
  ): boolean {
    const added = this.#sql.run(
      'INSERT OR IGNORE INTO applied VALUES (?, ?, ?)',
      alias,
      id,
      expires,
    );
    if (added === 0) return false;
    const left = this.#untilCount.get(alias) ?? 0;
    if (left === 0) this.#pruneCommits(alias, { most, keep });
    this.#untilCount.set(alias, left === 0 ? commitsPerCount - 1 : left - 1);
    return true;
  }

  /** Ids that an alias has; as long as there are fewer than are kept, none has left for want of room. */
  rememberedCommits(alias: string): number {
    const count = 'SELECT COUNT(*) AS size FROM applied WHERE alias = ?';
    return this.#sql.get(count, alias)?.['size'] as number;
  }

  #pruneCommits(alias: string, bounds: { readonly most: number; readonly keep: number }): void {
    const size = this.rememberedCommits(alias);
    if (size <= bounds.most) return;
    const oldest = 'SELECT rowid FROM applied WHERE alias = ? ORDER BY rowid LIMIT ?';
    this.#sql.run(`DELETE FROM applied WHERE rowid IN (${oldest})`, alias, size - bounds.keep);
  }

  dropAlias(alias: string): void {
    for (const table of [...expiring, 'daily'])
      this.#sql.run(`DELETE FROM ${table} WHERE alias = ?`, alias);
  }

  /** The next alias by name of which something passes, or null. Who wrote (sqlite-actors.ts) has an hour as well. */
  aliasAfter(alias: string): string | null {
    const each = expiring
      .map((table) => `SELECT min(alias) AS next FROM ${table} WHERE alias > ?1`)
      .join(' UNION ALL ');
    return this.#sql.get(`SELECT min(next) AS next FROM (${each})`, alias)?.['next'] as
      string | null;
  }

  dropExpired(alias: string, today: number): void {
    for (const table of expiring)
      this.#sql.run(`DELETE FROM ${table} WHERE alias = ? AND expires < ?`, alias, today);
  }
}
