/**
 * What comes for one name while something of that name is being stored is stored next, together: storing many costs
 * little more than storing one (group commit, as in DeWitt et al. 1984), and nothing waits while nothing is under way.
 */
export class GroupCommit<Item> {
  readonly #most: number;
  readonly #store: (items: readonly [Item, ...Item[]]) => Promise<void>;
  /** By name, while something is under way: what comes next. */
  readonly #waiting = new Map<string, Waiting<Item>[]>();

  /** `store` is given at most `most` items of one name at a time. */
  constructor(most: number, store: (items: readonly [Item, ...Item[]]) => Promise<void>) {
    this.#most = most;
    this.#store = store;
  }

  /** Resolves when the item is stored; rejects, with all that were stored together, for whatever `store` rejects. */
  add(name: string, item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const waiting = this.#waiting.get(name);
    const added = { item, resolve, reject };
    if (waiting !== undefined) waiting.push(added);
    else {
      this.#waiting.set(name, [added]);
      void this.#storeAll(name);
    }
    return promise;
  }

  async #storeAll(name: string): Promise<void> {
    for (;;) {
      const [first, ...others] = this.#waiting.get(name)?.splice(0, this.#most) ?? [];
      if (first === undefined) break;
      const together = [first, ...others];
      try {
        await this.#store([first.item, ...others.map(({ item }) => item)]);
        for (const { resolve } of together) resolve(undefined);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#waiting.delete(name);
  }
}

type Waiting<Item> = {
  readonly item: Item;
  readonly resolve: (value: undefined) => void;
  readonly reject: (error: unknown) => void;
};
