/** Gathers what is asked for while a disk or a server is busy, so that one fsync or script serves all of it. */
export type GroupCommit<Item> = {
  /** Resolves once `commit` has with the item in it, and rejects as it did. */
  readonly add: (item: Item) => Promise<void>;
  /** Resolves when nothing waits any more. */
  readonly settled: () => Promise<void>;
};

export type GroupCommitOptions<Item> = {
  readonly commit: (items: readonly Item[]) => Promise<void>;
  /** Most items of one commit. */
  readonly most: number;
  /** Most that may wait; beyond it `add` rejects at once, so that a disk that hangs costs no memory. */
  readonly capacity: number;
  /** For people: `records wait for the disk`. */
  readonly waits: string;
};

type Waiting<Item> = { readonly item: Item } & Omit<PromiseWithResolvers<undefined>, 'promise'>;

export function createGroupCommit<Item>({
  commit,
  most,
  capacity,
  waits,
}: GroupCommitOptions<Item>): GroupCommit<Item> {
  const waiting: Waiting<Item>[] = [];
  let underWay: Promise<void> | null = null;

  const commitAll = async () => {
    // Whatever is added in the same turn goes together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      await commit(batch.map(({ item }) => item)).then(
        () => batch.forEach(({ resolve }) => resolve(undefined)),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      );
    }
  };
  const start = () => {
    underWay ??= commitAll().finally(() => {
      underWay = null;
      if (waiting.length > 0) start();
    });
  };
  return {
    add: (item) => {
      if (waiting.length >= capacity)
        return Promise.reject(new Error(`${capacity} ${waits} already`));
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      waiting.push({ item, resolve, reject });
      start();
      return promise;
    },
    settled: async () => {
      while (underWay !== null) await underWay;
    },
  };
}
