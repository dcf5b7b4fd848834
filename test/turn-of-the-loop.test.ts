import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { turnWithTime } from '../src/turn-of-the-loop.ts';

function beBusy(durationMs: number): void {
  const until = performance.now() + durationMs;
  while (performance.now() < until);
}

test('in a burst of work timers have their turn, and nobody is overtaken', async () => {
  const pieces = 200;
  const pieceMs = 3;
  const done: number[] = [];
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  const work = async (piece: number) => {
    await turnWithTime();
    beBusy(pieceMs);
    done.push(piece);
  };
  const first = Array.from({ length: pieces / 2 }, (_, piece) => work(piece));
  await first[pieces / 4];
  const later = Array.from({ length: pieces / 2 }, (_, piece) => work(pieces / 2 + piece));
  await Promise.all([...first, ...later]);
  clearInterval(ticking);
  assert.deepEqual(
    done,
    [...done].sort((a, b) => a - b),
  );
  assert.equal(done.length, pieces);
  // A turn takes four pieces, or fewer where this machine is busy.
  assert.ok(turns >= pieces / 4 / 2, `${turns} turns of timers`);
});

test('who asks alone goes on at once', async () => {
  await nextTurn();
  let turns = 0;
  const turn = setImmediate(() => (turns += 1));
  await turnWithTime();
  assert.equal(turns, 0);
  clearImmediate(turn);
});
