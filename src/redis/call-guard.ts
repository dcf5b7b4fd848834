import { CircuitBreaker } from './circuit-breaker.ts';

export type CallGuardOptions = {
  readonly timeoutMs: number;
  /** An error that the other side answered with shows that it is alive. */
  readonly isAnswer: (error: unknown) => boolean;
};

/** Bounds what a call to a dependency may cost: a deadline for each, and next to nothing while it is dead. */
export class CallGuard {
  readonly #options: CallGuardOptions;
  readonly #breaker = new CircuitBreaker({ failures: 5, openMs: 1000, longestOpenMs: 5000 });

  constructor(options: CallGuardOptions) {
    this.#options = options;
  }

  async call<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (!this.#breaker.allows(performance.now()))
      throw new Error('did not answer and is not asked for a moment');
    try {
      const answer = await withDeadline(question(), this.#options.timeoutMs);
      this.#breaker.succeeded();
      return answer;
    } catch (error) {
      if (this.#options.isAnswer(error)) this.#breaker.succeeded();
      else this.#breaker.failed(performance.now());
      throw error;
    }
  }

  /** The dependency is known to be back. */
  recovered(): void {
    this.#breaker.succeeded();
  }
}

/**
 * The time counts from when the question has left (`gathered-writes.ts` holds it until the turn is over), and ends only
 * once the sockets were read again: timers run before them. A burst of mail keeps a process busy for longer than any
 * deadline, and would else pass unscored for its number alone.
 */
async function withDeadline<Answer>(answer: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(new Error(`no answer within ${timeoutMs} ms`));
  let timer: NodeJS.Timeout | undefined;
  const leaving = setImmediate(() => {
    timer = setTimeout(() => setImmediate(late), timeoutMs);
  });
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearImmediate(leaving);
    clearTimeout(timer);
  }
}
