import type { BaselineStore, Commit } from './baseline/store.ts';
import type { Events } from './observability/events.ts';

/** Learning beside the message path. */
export type Lessons = AsyncDisposable & {
  /** Starts to store a lesson; a failure is an event. */
  readonly learn: (lesson: Commit) => void;
};

/** Disposing waits for what has been started. */
export function createLessons(
  store: Pick<BaselineStore, 'commit'>,
  events: Pick<Events, 'lessonLost' | 'stageMeasured'>,
): Lessons {
  const underWay = new Set<Promise<void>>();
  return {
    learn: (lesson) => {
      const startedMs = performance.now();
      const stored = store
        .commit(lesson)
        .then(() => events.stageMeasured('commit', performance.now() - startedMs))
        .catch((error: unknown) => events.lessonLost(error, lesson.id))
        .finally(() => underWay.delete(stored));
      underWay.add(stored);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(underWay);
    },
  };
}
