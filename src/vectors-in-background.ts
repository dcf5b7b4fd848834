import { join } from 'node:path';
import type { Pseudonym } from './features/hash.ts';
import {
  createVectorKeeper,
  type VectorEvents,
  type VectorKeeper,
} from './vectors/keep-vectors.ts';
import { openVectorsFile, vectorsFileName } from './vectors/vectors-file.ts';

export type KeepVectors = {
  readonly pseudonym: Pseudonym;
  readonly events: VectorEvents;
  readonly now: () => Date;
};

/** Another process writes for milliseconds; this thread is that of the mail. */
const timeoutMs = 50;

/**
 * Keeps scored mail in the state directory.
 * @throws Error in one sentence when the file cannot be used.
 */
export function keepVectorsIn(
  stateDir: string,
  { pseudonym, events, now }: KeepVectors,
): VectorKeeper {
  const file = openVectorsFile(join(stateDir, vectorsFileName), { timeoutMs });
  const keeper = createVectorKeeper({ file, pseudonym, events, now, random: Math.random });
  events.onKept(file.count());
  return {
    ...keeper,
    [Symbol.asyncDispose]: async () => {
      await keeper.flush();
      file[Symbol.dispose]();
    },
  };
}
