import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import { walkMarks } from './index-walk.ts';
import type { IndexPage, IndexQuery } from './quarantine-index.ts';
import { placesOf, type Condition } from './sqlite-index-query.ts';

/** Runs `work` on one state of the index. */
type Read = <Answer>(work: () => Answer) => Promise<Answer>;

/** What a query of the index finds, a page at a time. */
export class SqliteIndexPages {
  readonly #sql: SqliteStatements;
  readonly #read: Read;

  constructor(statements: SqliteStatements, read: Read) {
    this.#sql = statements;
    this.#read = read;
  }

  page(query: IndexQuery): Promise<IndexPage> {
    return query.marks.length === 0
      ? this.#read(() => this.#plainPage(query))
      : this.#markedPage(query);
  }

  #plainPage(query: IndexQuery): IndexPage {
    const all = placesOf(query);
    const total = this.#count(all);
    const some = placesOf({ ...query, before: least(query.before, query.after) });
    const places = this.#places(some, query.limit + 1);
    const shown = places.slice(0, query.limit);
    return { entries: this.#entries(shown), more: places.length > query.limit, total };
  }

  async #markedPage(query: IndexQuery): Promise<IndexPage> {
    const { places, more, total } = await walkMarks(query, (before, rows, onlyCounted) =>
      this.#read(() => {
        const { where, values } = placesOf({ ...query, before });
        const last = this.#sql.get(
          `SELECT place FROM held WHERE ${where} ORDER BY place DESC LIMIT 1 OFFSET ?`,
          ...values,
          rows - 1,
        );
        const from = (last?.['place'] ?? null) as string | null;
        const marked = placesOf({ ...query, before, from: from ?? query.from }, query.marks);
        if (onlyCounted) return { hits: [], count: this.#count(marked), next: from };
        const hits = this.#places(marked, rows);
        return { hits, count: hits.length, next: from };
      }),
    );
    const entries = await this.#read(() => this.#entries(places));
    return { entries, more, total };
  }

  #count({ where, values }: Condition): number {
    const row = this.#sql.get(`SELECT COUNT(*) AS count FROM held WHERE ${where}`, ...values);
    return row?.['count'] as number;
  }

  #places({ where, values }: Condition, limit: number): readonly string[] {
    const sql = `SELECT place FROM held WHERE ${where} ORDER BY place DESC LIMIT ?`;
    return this.#sql.all(sql, ...values, limit).map(({ place }) => place as string);
  }

  /** What is gone since then is left out. */
  #entries(places: readonly string[]): IndexPage['entries'] {
    return places.flatMap((place) => {
      const row = this.#sql.get(
        'SELECT directory, body FROM held JOIN body USING (number) WHERE place = ?',
        place,
      );
      if (row === undefined) return [];
      return [{ place, directory: row['directory'] as string, body: row['body'] as string }];
    });
  }
}

function least(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
