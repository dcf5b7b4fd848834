import { extname } from 'node:path';
import type { AttachmentText } from '../attachment-text.ts';
import type { PartOutcome } from './part-outcome.ts';
import type { PartToRead } from './reading-worker.ts';
import { startThread, type Job, type RunningThread } from './running-thread.ts';

export type ReadingThreadOptions = {
  /** A part that takes longer ends the thread. */
  readonly partLimitMs: number;
  /** A thread that is not ready after this is given up. */
  readonly startLimitMs: number;
  /** Parts that wait; more are not taken. */
  readonly maxWaiting: number;
  /** Heap of the thread; what PDF.js inflates lies outside of it and is bounded by time (about 100 MB a second). */
  readonly heapMegabytes: number;
  /** The module that the thread runs. */
  readonly worker: URL;
};

export const defaultReadingThreadOptions: ReadingThreadOptions = {
  partLimitMs: 1000,
  startLimitMs: 10_000,
  maxWaiting: 64,
  heapMegabytes: 256,
  // Compiled, this file and the worker's end in `.js`.
  worker: new URL(`./reading-worker${extname(import.meta.url)}`, import.meta.url),
};

export type PartReading = {
  readonly outcome: Exclude<PartOutcome, `too-${string}` | 'empty'>;
  /** One per kind; also of a part that was stopped halfway. */
  readonly texts: readonly AttachmentText[];
  /** Why the thread ended, where it did; else null. */
  readonly error: unknown;
};

/** One thread, started when it is first needed or warmed, and again after a part has brought it down; parts are read in the order they come. */
export type ReadingThread = AsyncDisposable & {
  /** Never rejects. After `signal` the answer is what has been found so far. */
  readonly read: (part: PartToRead, signal: AbortSignal) => Promise<PartReading>;
  /** Starts the thread; resolves when it is ready, or has ended. */
  readonly warm: () => Promise<void>;
};

/** Disposing ends the thread; what it reads or what waits then was `busy`. */
export function createReadingThread(options: ReadingThreadOptions): ReadingThread {
  const waiting: Job[] = [];
  let thread: RunningThread | null = null;
  let isDisposed = false;

  const start = () =>
    (thread ??= startThread(options, { next: () => waiting.shift() ?? null, ended }));
  const proceed = () => {
    if (waiting.length > 0 && !isDisposed) start().proceed();
  };
  const ended: Parameters<typeof startThread>[1]['ended'] = (during, error) => {
    thread = null;
    // To start again at once what has just failed to start would not help those who wait.
    if (during === 'start') for (const job of waiting.splice(0)) job.settle('crash', error);
    // What brought it down may come again; the message after it shall not wait for the start.
    if (during === 'job' && !isDisposed) start();
    proceed();
  };

  return {
    read: (part, signal) => {
      const { promise, resolve } = Promise.withResolvers<PartReading>();
      const texts = new Map<string, AttachmentText>();
      const job: Job = {
        part,
        found: (text) => texts.set(text.kind, text),
        settle: (outcome, error = null) => {
          signal.removeEventListener('abort', leave);
          resolve({ outcome, texts: [...texts.values()], error });
        },
      };
      const leave = () => {
        const place = waiting.indexOf(job);
        if (place >= 0) waiting.splice(place, 1);
        job.settle(place >= 0 ? 'busy' : 'timeout');
      };
      if (isDisposed || signal.aborted || waiting.length >= options.maxWaiting) job.settle('busy');
      else {
        signal.addEventListener('abort', leave);
        waiting.push(job);
        proceed();
      }
      return promise;
    },
    warm: async () => {
      if (!isDisposed) await start().started;
    },
    [Symbol.asyncDispose]: async () => {
      isDisposed = true;
      for (const job of waiting.splice(0)) job.settle('busy');
      await thread?.end('busy');
    },
  };
}
