import { LRUCache } from 'lru-cache';
import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';

export const nameSchema =
  'CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;';

/** An alias, a table of values or a counter, as rows name it. */
export type NameId = number;

/** Which no name has. */
const unknown: NameId = 0;
const atHand = { max: 4096 };

/**
 * Names, each kept once: an alias has thousands of rows, and a number in each of them takes a fraction of the room. None
 * is ever deleted, since another process may be about to write its number. No transaction of its own.
 */
export class SqliteNames {
  readonly #sql: SqliteStatements;
  readonly #ids = new LRUCache<string, NameId>(atHand);
  readonly #names = new LRUCache<NameId, string>(atHand);

  constructor(statements: SqliteStatements) {
    this.#sql = statements;
  }

  /** 0, of which no row is, where nothing was ever kept under the name. */
  known(name: string): NameId {
    const id = this.#ids.get(name);
    if (id !== undefined) return id;
    const row = this.#sql.get('SELECT id FROM name WHERE name = ?', name);
    return row === undefined ? unknown : this.#remember(row['id'] as NameId, name);
  }

  /** Also of a new name, which it writes. */
  id(name: string): NameId {
    const known = this.known(name);
    if (known !== unknown) return known;
    const row = this.#sql.get('INSERT INTO name (name) VALUES (?) RETURNING id', name);
    return this.#remember(row?.['id'] as NameId, name);
  }

  name(id: NameId): string {
    const name = this.#names.get(id);
    if (name !== undefined) return name;
    const row = this.#sql.get('SELECT name FROM name WHERE id = ?', id);
    const found = row?.['name'] as string;
    this.#remember(id, found);
    return found;
  }

  /** What is at hand may never have been written. */
  rolledBack(): void {
    this.#ids.clear();
    this.#names.clear();
  }

  #remember(id: NameId, name: string): NameId {
    this.#ids.set(name, id);
    this.#names.set(id, name);
    return id;
  }
}
