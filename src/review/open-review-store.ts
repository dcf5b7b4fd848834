import { openRedisReviewStore } from './redis-review-store.ts';
import type { ReviewStore } from './review-store.ts';
import { openSqliteReviewStore } from './sqlite-review-store.ts';

export type OpenReviewStoreOptions = {
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  /** For `check`: a file that is missing is an error, and nothing is created or written. */
  readonly readOnly?: boolean;
};

/**
 * Opens the review store that belongs to a baseline store: in the same Redis, or in a file beside that of the baselines
 * (`PATH-review`).
 */
export function openReviewStore(
  spec: string,
  { timeoutMs, readOnly = false }: OpenReviewStoreOptions,
): Promise<ReviewStore> {
  const path = spec.startsWith('sqlite:') ? spec.slice('sqlite:'.length) : null;
  if (path === null) return openRedisReviewStore(spec, { timeoutMs });
  return openSqliteReviewStore(path === ':memory:' ? path : `${path}-review`, {
    readOnly,
    timeoutMs,
  });
}
