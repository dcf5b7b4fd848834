import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../../baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../../baseline/store.ts';
import type { ActiveRules } from '../../../dependencies.ts';
import type { Pseudonym } from '../../../features/hash.ts';
import { createTransactionScorer } from '../scorer.ts';
import type { Stream } from '../streams.ts';
import type { Delivery } from './delivery.ts';
import { createPlay, type Play } from './path-scorer.ts';

/** An alias's history up to a moment, of which every scenario gets a copy of its own. */
export type History = {
  readonly fork: <Result>(work: (play: Play) => Promise<Result>) => Promise<Result>;
};

export type ForkOptions = {
  readonly stream: Stream;
  readonly rules: ActiveRules;
  readonly pseudonym: Pseudonym;
  /** For the store's files; whoever made it removes it. */
  readonly directory: string;
};

/** Learns `deliveries` in order. */
export async function buildHistory(
  name: string,
  deliveries: readonly Delivery[],
  options: ForkOptions,
): Promise<History> {
  const original = join(options.directory, `${name}.db`);
  await withStore(original, options, async (play) => {
    for (const delivery of deliveries) await play.deliver(delivery);
  });
  let copies = 0;
  return {
    fork: async (work) => {
      const copy = join(options.directory, `${name}-${copies++}.db`);
      await copyFile(original, copy);
      return withStore(copy, options, work);
    },
  };
}

async function withStore<Result>(
  path: string,
  { stream, rules, pseudonym }: ForkOptions,
  work: (play: Play) => Promise<Result>,
): Promise<Result> {
  await using store: BaselineStore = await openStore(`sqlite:${path}`, {
    limits: defaultStoreLimits,
    timeoutMs: 1000,
  });
  const score = createTransactionScorer({ rules, store, pseudonym });
  return await work(createPlay({ alias: stream.alias, store, score }));
}
