import type { S3Client } from '@aws-sdk/client-s3';

/** A body may take longer than a call without one: the slowest pace that is waited for. */
const slowestBytesPerMs = 64;

/** The time that one call has; past it the call is given up, also where the SDK goes on waiting. */
export class Deadline implements Disposable {
  readonly #control = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #ended = Promise.withResolvers<never>();

  constructor(timeoutMs: number, sizeBytes = 0) {
    const late = () =>
      this.end(new DOMException('the storage does not answer in time', 'TimeoutError'));
    this.#timer = setTimeout(late, timeoutMs + sizeBytes / slowestBytesPerMs);
    this.#ended.promise.catch(() => undefined); // also where nobody waits for it
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  end(reason: Error): void {
    this.#ended.reject(reason);
    this.#control.abort(reason);
  }

  /** The answer, or the reason why there will be none. */
  keep<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return Promise.race([answer, this.#ended.promise]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

const served = Symbol('served');

/** Notes beside each answer when the server gave it: the SDK keeps that to itself. */
export function stampAnswers(stack: S3Client['middlewareStack']): void {
  stack.add(
    (next) => async (request) => {
      const result = await next(request);
      const { headers } = result.response as { headers?: Record<string, string> };
      Object.assign(result.output ?? {}, { [served]: Date.parse(headers?.['date'] ?? '') });
      return result;
    },
    { step: 'deserialize', name: 'stampAnswers', priority: 'high' },
  );
}

/** When the server gave this answer, Unix time in milliseconds (RFC 9110 §6.6.1), or null. */
export function timed(answer: object): number | null {
  const at = (answer as { [served]?: number })[served];
  return at === undefined || Number.isNaN(at) ? null : at;
}
