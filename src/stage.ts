import type { FailureCause } from './decision/policy.ts';
import type { Events, Stage } from './observability/events.ts';
import { turnWithTime } from './turn-of-the-loop.ts';

/** A stage failed for a reason that has its own row in the failure table (DESIGN 9). */
export class StageFailure extends Error {
  override readonly name = 'StageFailure';
  readonly failure: FailureCause;

  constructor(failure: FailureCause, cause: unknown) {
    super(failure, { cause });
    this.failure = failure;
  }
}

/** Does the work of a stage when this process has time for it, and reports how long it took, also when it failed. */
export async function timed<Result>(
  stage: Stage,
  events: Pick<Events, 'stageMeasured'>,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  await turnWithTime();
  const startedMs = performance.now();
  try {
    return await work();
  } finally {
    events.stageMeasured(stage, performance.now() - startedMs);
  }
}

/** @throws StageFailure `deadline` when the work takes longer; it is then left to itself. */
export async function within<Result>(
  deadlineMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new StageFailure('deadline', new Error(`analysis took longer than ${deadlineMs} ms`)));
  }, deadlineMs);
  try {
    return await Promise.race([work(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
