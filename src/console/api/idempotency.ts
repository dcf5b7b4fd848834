import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ApiProblem } from './problem.ts';

/** Runs `work` unless the same caller sent the same key before: then the answer is that of the first time. */
export type Once = <Answer>(
  call: { readonly caller: string; readonly key: string | undefined; readonly body: unknown },
  work: () => Promise<Answer>,
) => Promise<Answer>;

const maxAnswers = 1000;
const keptMs = 24 * 3_600_000;
const form = /^[\x21-\x7e]{1,200}$/;

type Kept = { readonly body: string; readonly answer: Promise<unknown> };

/**
 * Answers by Idempotency-Key, in this process: after a lost connection a client asks again without acting twice. Acts are
 * idempotent by themselves, so a restart in between loses an answer and nothing else. Failures are not kept.
 */
export function rememberAnswers(): Once {
  const kept = new LRUCache<string, Kept>({ max: maxAnswers, ttl: keptMs });
  return async ({ caller, key, body }, work) => {
    if (key === undefined) return work();
    if (!form.test(key)) throw new ApiProblem(400, 'Idempotency-Key is not 1 to 200 characters');
    const name = `${caller}\n${key}`;
    const hash = createHash('sha256')
      .update(JSON.stringify(body ?? null))
      .digest('hex');
    const earlier = kept.get(name);
    if (earlier !== undefined) {
      if (earlier.body !== hash)
        throw new ApiProblem(422, 'this Idempotency-Key was sent with another body');
      return (await earlier.answer) as Awaited<ReturnType<typeof work>>;
    }
    const answer = work();
    kept.set(name, { body: hash, answer });
    answer.catch(() => kept.delete(name));
    return answer;
  };
}
