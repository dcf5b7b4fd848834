import {
  actorTraffic,
  addNewcomer,
  isNewActor,
  noNewcomers,
  seeActor,
  type ActorRow,
  type ActorTraffic,
  type Newcomers,
} from './actor-traffic.ts';
import { dayOf, hourOf } from './ledger.ts';
import * as retention from './retention.ts';
import type { NameId } from './sqlite-names.ts';
import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import type { ObserveRequest } from './store.ts';
import { passedOfHour, storedActor } from './stored-form.ts';
import { sketchOf, type ValueRecord } from './value-record.ts';

/** `expires` is a day of the machine's clock; hours are those of the messages. */
export const actorSchema = `
CREATE TABLE actor (alias INTEGER, actor TEXT, first_hour INTEGER NOT NULL, hour INTEGER NOT NULL, messages INTEGER NOT NULL, messages_before INTEGER NOT NULL,
  recipients INTEGER NOT NULL, recipients_before INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, actor)) STRICT, WITHOUT ROWID;
CREATE TABLE newcomer (alias INTEGER, hour INTEGER, active INTEGER NOT NULL, stayed INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, hour)) STRICT, WITHOUT ROWID;
`;
const tables = ['actor', 'newcomer'];

/** Who wrote lately, and how many of them were new. No transaction of its own. */
export class SqliteActors {
  readonly #sql: SqliteStatements;

  constructor(statements: SqliteStatements) {
    this.#sql = statements;
  }

  /** What the traffic is with this message; counts it where the request says so, to be kept until the day `expires`. */
  observe(
    alias: NameId,
    { actor, at, count, recipients }: ObserveRequest,
    learned: ValueRecord | null,
    expires: number,
  ): ActorTraffic {
    const hour = hourOf(at);
    const hours = {
      newcomers: this.#newcomers(alias, hour),
      before: this.#newcomers(alias, hour - 1),
      passed: passedOfHour(at),
    };
    if (actor === '') return actorTraffic(null, hours);
    const name = storedActor(actor);
    const before = this.#row(alias, name);
    const { stored, asOf } = seeActor(before, hour, sketchOf(recipients));
    const isNew = isNewActor(asOf, learned, dayOf(at));
    const newcomers = isNew ? addNewcomer(hours.newcomers, asOf) : hours.newcomers;
    if (count) {
      this.#setRow(alias, name, stored, expires);
      if (before === null) this.#prune(alias, retention.actors);
      if (newcomers !== hours.newcomers) {
        this.#setNewcomers(alias, hour, { ...newcomers, expires });
        this.#pruneNewcomers(alias, hour, retention.hours);
      }
    }
    return actorTraffic({ row: asOf, isNew }, { ...hours, newcomers });
  }

  #row(alias: NameId, actor: string): ActorRow | null {
    const columns =
      'first_hour AS firstHour, hour, messages, messages_before AS messagesBefore, recipients, recipients_before AS recipientsBefore';
    const row = this.#sql.get(
      `SELECT ${columns} FROM actor WHERE alias = ? AND actor = ?`,
      alias,
      actor,
    );
    return row === undefined ? null : ({ ...row } as ActorRow);
  }

  #setRow(alias: NameId, actor: string, row: ActorRow, expires: number): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO actor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      alias,
      actor,
      row.firstHour,
      row.hour,
      row.messages,
      row.messagesBefore,
      row.recipients,
      row.recipientsBefore,
      expires,
    );
  }

  /** Where an alias has more than `most` actors, those silent longest leave; among equals the last by name. */
  #prune(alias: NameId, bounds: { readonly most: number; readonly keep: number }): void {
    const row = this.#sql.get('SELECT COUNT(*) AS size FROM actor WHERE alias = ?', alias);
    if ((row?.['size'] as number) <= bounds.most) return;
    const kept = 'SELECT actor FROM actor WHERE alias = ? ORDER BY hour DESC, actor LIMIT ?';
    this.#sql.run(
      `DELETE FROM actor WHERE alias = ? AND actor NOT IN (${kept})`,
      alias,
      alias,
      bounds.keep,
    );
  }

  #newcomers(alias: NameId, hour: number): Newcomers {
    const row = this.#sql.get(
      'SELECT active, stayed FROM newcomer WHERE alias = ? AND hour = ?',
      alias,
      hour,
    );
    return row === undefined ? noNewcomers : ({ ...row } as Newcomers);
  }

  #setNewcomers(
    alias: NameId,
    hour: number,
    { active, stayed, expires }: Newcomers & { readonly expires: number },
  ): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO newcomer VALUES (?, ?, ?, ?, ?)',
      alias,
      hour,
      active,
      stayed,
      expires,
    );
  }

  /** Where an alias has more than `most` hours, those further than `keepWithin` from `hour` leave. */
  #pruneNewcomers(
    alias: NameId,
    hour: number,
    bounds: { readonly most: number; readonly keepWithin: number },
  ): void {
    const row = this.#sql.get('SELECT COUNT(*) AS size FROM newcomer WHERE alias = ?', alias);
    if ((row?.['size'] as number) <= bounds.most) return;
    this.#sql.run(
      'DELETE FROM newcomer WHERE alias = ? AND abs(hour - ?) > ?',
      alias,
      hour,
      bounds.keepWithin,
    );
  }

  dropAlias(alias: NameId): void {
    for (const table of tables) this.#sql.run(`DELETE FROM ${table} WHERE alias = ?`, alias);
  }

  dropExpired(alias: NameId, today: number): void {
    for (const table of tables)
      this.#sql.run(`DELETE FROM ${table} WHERE alias = ? AND expires < ?`, alias, today);
  }
}
