import type { Objects } from '../../src/quarantine/objects.ts';

export type FrozenObjects = {
  readonly objects: Objects;
  /** Calls so far, by name. */
  readonly steps: readonly string[];
  /** Resolves when the fatal call is reached; from there on nothing happens any more, as after SIGKILL. */
  readonly died: Promise<undefined>;
};

/** Objects whose process dies just before the given call: whatever waits for it waits for ever, and nothing cleans up. */
export function frozenObjects(real: Objects, fatalCall: number): FrozenObjects {
  const steps: string[] = [];
  const { promise: died, resolve } = Promise.withResolvers<undefined>();
  const alive = <Result>(step: string, call: () => Promise<Result>): Promise<Result> => {
    if (steps.length < fatalCall) {
      steps.push(step);
      return call();
    }
    resolve(undefined);
    return new Promise<never>(() => undefined);
  };
  const objects: Objects = {
    name: real.name,
    put: (key, body, condition) => alive(`put ${key}`, () => real.put(key, body, condition)),
    head: (key) => alive(`head ${key}`, () => real.head(key)),
    get: (key, maxBytes) => alive(`get ${key}`, () => real.get(key, maxBytes)),
    read: (key, endBytes) => real.read(key, endBytes),
    list: (beginning) => real.list(beginning),
    remove: (key) => alive(`remove ${key}`, () => real.remove(key)),
    [Symbol.dispose]: () => {
      real[Symbol.dispose]();
    },
  };
  return { objects, steps, died };
}
