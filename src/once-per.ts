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

/** The same of a text that mail may choose: the `most` answers that were asked for last are kept. */
export function oncePerText<Answer extends object | string>(
  most: number,
  ask: (of: string) => Answer,
): (of: string) => Answer {
  const once = remembered(new LRUCache<string, Answer>({ max: most }), ask, copied);
  return (of) => (of.length > longestKept ? ask(of) : once(of));
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
  ownedBy: (of: Of) => Of = (of) => of,
): (of: Of) => Answer {
  return (of) => {
    const found = known.get(of);
    if (found !== undefined) return found;
    const own = ownedBy(of);
    const answer = ask(own);
    known.set(own, answer);
    return answer;
  };
}
