type SqlValue = string | number | Uint8Array | null;
type Row = Readonly<Record<string, unknown>>;
type Statement = {
  get(...parameters: SqlValue[]): Row | undefined;
  all(...parameters: SqlValue[]): Row[];
  run(...parameters: SqlValue[]): { readonly changes: number | bigint };
};
type Database = { prepare(sql: string): Statement };

/** Statements of one database, each prepared once. */
export class SqliteStatements {
  readonly #database: Database;
  readonly #prepared = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  get(sql: string, ...parameters: SqlValue[]): Row | undefined {
    return this.#prepare(sql).get(...parameters);
  }

  all(sql: string, ...parameters: SqlValue[]): readonly Row[] {
    return this.#prepare(sql).all(...parameters);
  }

  /** Rows changed. */
  run(sql: string, ...parameters: SqlValue[]): number {
    return Number(this.#prepare(sql).run(...parameters).changes);
  }

  #prepare(sql: string): Statement {
    const statement = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
