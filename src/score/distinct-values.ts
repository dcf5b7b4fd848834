export type Value = { readonly table: string; readonly value: string };

/** Values of tables, each once, in the order they were added: no text is joined of the two for every question. */
export class DistinctValues {
  readonly #all: Value[] = [];
  readonly #places = new Map<string, Map<string, number>>();
  readonly #most: number;

  /** Of more than `most` the rest is left out. */
  constructor(most = Infinity) {
    this.#most = most;
  }

  get all(): readonly Value[] {
    return this.#all;
  }

  add(table: string, value: string): void {
    const own = this.#placesIn(table);
    if (own.has(value) || this.#all.length >= this.#most) return;
    own.set(value, this.#all.length);
    this.#all.push({ table, value });
  }

  placeOf({ table, value }: Value): number | undefined {
    return this.#places.get(table)?.get(value);
  }

  #placesIn(table: string): Map<string, number> {
    const known = this.#places.get(table);
    if (known !== undefined) return known;
    const own = new Map<string, number>();
    this.#places.set(table, own);
    return own;
  }
}
