import { LRUCache } from 'lru-cache';

/**
 * A pure function of an object, asked once for each: the answer lives as long as the object does. What depends on two
 * asks for the second by a function of the first.
 */
export function oncePerObject<Of extends object, Answer extends object | string>(
  ask: (of: Of) => Answer,
): (of: Of) => Answer {
  return remembered(new WeakMap<Of, Answer>(), ask);
}

/** The same of a name; every answer is kept, so that names must be few: of signals, never of what mail says. */
export function oncePerName<Of extends string, Answer extends object | string>(
  ask: (of: Of) => Answer,
): (of: Of) => Answer {
  return remembered(new Map<Of, Answer>(), ask);
}

/** Longer texts come from nobody who writes often, and are not kept. */
const longestKept = 512;

/** What mail says is not kept for longer; what nobody asks for any more goes a minute later at most, with a text that is new. */
const tenMinutesMs = 600_000;

/**
 * The same of a text that mail may choose, which is kept for ten minutes and is one of the `most` that were asked for
 * last. All who ask share an answer, which must not be changed.
 *
 * @param isKept says no to an answer that is large for so short a text
 */
export function oncePerText<Answer extends object | string>(
  most: number,
  ask: (of: string) => Answer,
  isKept: (answer: Answer) => boolean = () => true,
  keptMs = tenMinutesMs,
): (of: string) => Answer {
  const known = new LRUCache<string, Answer>({
    ...{ max: most, ttl: keptMs, ttlResolution: keptMs / 100 },
  });
  let tidiedMs = performance.now();
  return (of) => {
    if (of.length > longestKept) return ask(of);
    const found = known.get(of);
    if (found !== undefined) return found;
    const own = copied(of);
    const answer = ask(own);
    if (isKept(answer)) known.set(own, answer);
    if (performance.now() - tidiedMs > keptMs / 10) {
      known.purgeStale();
      tidiedMs = performance.now();
    }
    return answer;
  };
}

/** A part of a longer text keeps the whole of it in memory; a copy does not. */
function copied(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

function remembered<Of, Answer extends object | string>(
  known: {
    readonly get: (of: Of) => Answer | undefined;
    readonly set: (of: Of, answer: Answer) => unknown;
  },
  ask: (of: Of) => Answer,
): (of: Of) => Answer {
  return (of) => {
    const found = known.get(of);
    if (found !== undefined) return found;
    const answer = ask(of);
    known.set(of, answer);
    return answer;
  };
}
