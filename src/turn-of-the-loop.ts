import { writeGathered } from './gathered-writes.ts';

/**
 * How long a turn of the event loop goes on with messages before sockets and timers have theirs. A burst of two hundred
 * sessions is half a second of work: without a bound nobody else is answered meanwhile, and what the store has answered
 * long ago is not read.
 */
const turnMs = 10;

/** One answer of a store lets many go on at the same moment, before any of them has taken its time. */
const mostInTurn = 16;

/** When the work of this turn has to end, and how many pieces have begun; null before the first. */
let turn: { readonly endsMs: number; pieces: number } | null = null;
const waiting: (() => void)[] = [];
let isGoingOn = false;

/** Resolves in a turn that has time for a piece of work: this one, or a later one; first come, first served. */
export async function turnWithTime(): Promise<void> {
  if (waiting.length === 0 && beginsPiece()) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  waiting.push(() => resolve(undefined));
  if (!isGoingOn) goOnInNextTurn();
  await promise;
}

/** Each in a callback of its own: what it lets go on has run before the next one asks for the time. */
function goOnInNextTurn(): void {
  isGoingOn = true;
  setImmediate(writeGathered);
  for (let count = Math.min(waiting.length, mostInTurn); count > 0; count--)
    setImmediate(() => {
      if (beginsPiece()) waiting.shift()?.();
    });
  setImmediate(() => {
    turn = null;
    writeGathered();
    if (waiting.length > 0) goOnInNextTurn();
    else isGoingOn = false;
  });
}

/** Whether one more piece may begin in this turn; then it counts as begun. */
function beginsPiece(): boolean {
  const now = performance.now();
  if (turn === null) {
    writeGathered(); // nobody's reply waits for this work
    turn = { endsMs: now + turnMs, pieces: 0 };
    setImmediate(() => (turn = null));
  }
  turn.pieces += 1;
  return turn.pieces <= mostInTurn && now < turn.endsMs;
}
