import type { BaselineStore, Commit } from './baseline/store.ts';
import type { Events } from './observability/events.ts';
import { pause } from './pause.ts';

/** Learning beside the message path. */
export type Lessons = AsyncDisposable & {
  /** Starts to store a lesson; that it is lost is an event. */
  readonly learn: (lesson: Commit) => void;
};

/**
 * After these a lesson that the store did not take is offered again. Where it has it after all, and its answer was lost, it
 * knows the id; that is so for a thousand lessons of an alias, hence not for longer.
 */
const usualPausesMs: readonly number[] = [1000, 5000];
/** Lessons that wait for that, a few KB each; what fails beyond them is lost at once. */
const mostWaiting = 1000;

/** Disposing offers what waits once more, and waits for what has been started. */
export function createLessons(
  store: Pick<BaselineStore, 'commit'>,
  events: Pick<Events, 'lessonLost' | 'stageMeasured'>,
  pausesMs = usualPausesMs,
): Lessons {
  const underWay = new Set<Promise<void>>();
  const ending = new AbortController();
  let waiting = 0;
  return {
    learn: (lesson) => {
      const taught = teach(lesson).finally(() => underWay.delete(taught));
      underWay.add(taught);
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await Promise.all(underWay);
    },
  };

  async function teach(lesson: Commit): Promise<void> {
    for (const pauseMs of [...pausesMs, null]) {
      const startedMs = performance.now();
      try {
        await store.commit(lesson);
        events.stageMeasured('commit', performance.now() - startedMs);
        return;
      } catch (error) {
        if (pauseMs === null || ending.signal.aborted || waiting >= mostWaiting) {
          events.lessonLost(error, lesson.id);
          return;
        }
      }
      waiting += 1;
      await pause(pauseMs, ending.signal);
      waiting -= 1;
    }
  }
}
