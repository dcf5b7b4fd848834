/** A worker thread for tests: does what the first byte of a part says. */
import { parentPort } from 'node:worker_threads';
import type { PartToRead } from '../../../src/message/attachments/reading-worker.ts';

parentPort?.on('message', ({ content: [order = 0] }: PartToRead) => {
  const text = { kind: 'pdf', blocks: [`order ${order}`], links: [] };
  parentPort?.postMessage({ kind: 'text', text });
  if (order === 1) for (;;);
  if (order === 2) throw new Error('brought down');
  if (order === 3) hoard();
  parentPort?.postMessage({ kind: 'end', isReadable: order !== 4 });
});
parentPort?.postMessage({ kind: 'ready' });

/** Fills the heap. */
function hoard(): never {
  const kept: object[] = [];
  for (;;) kept.push({ more: kept.length });
}
