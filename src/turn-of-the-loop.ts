import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * How long a turn of the event loop goes on with messages before sockets and timers have theirs. A burst of two hundred
 * sessions is half a second of work: without a bound nobody else is answered meanwhile, and what the store has answered
 * long ago is not read.
 */
const turnMs = 10;

/** When the work of this turn has to end; null before it has begun. */
let endsMs: number | null = null;
let waiting = 0;

/** Resolves in a turn that has time for a piece of work: this one, or a later one; first come, first served. */
export async function turnWithTime(): Promise<void> {
  if (waiting === 0 && hasTime()) return;
  waiting += 1;
  do await nextTurn();
  while (!hasTime());
  waiting -= 1;
}

function hasTime(): boolean {
  const now = performance.now();
  if (endsMs === null) {
    endsMs = now + turnMs;
    // Before those that wait go on: they have asked for the next turn after this.
    setImmediate(() => (endsMs = null));
  }
  return now < endsMs;
}
