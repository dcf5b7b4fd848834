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
