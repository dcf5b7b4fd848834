import { problem, type StartUpCheck } from './start-up-check.ts';

/** What several processes cannot have together. */
export const workerChecks: readonly StartUpCheck[] = [
  {
    reads: ['workers', 'store'],
    find: ({ workers, store }) =>
      Promise.resolve(
        workers !== 1 && store === 'sqlite::memory:'
          ? [
              problem(
                'workers',
                `${store} is in the memory of one process, and workers would each have their own`,
                'name a store in a file or in Redis, or set workers to 1',
              ),
            ]
          : [],
      ),
  },
];
