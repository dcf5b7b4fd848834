import type { AttachmentText } from '../attachment-text.ts';
import { startShieldedThread } from '../shielded-thread.ts';
import type { PartReading, ReadingThreadOptions } from './reading-thread.ts';
import type { PartToRead, WorkerMessage } from './reading-worker.ts';

/** A part that somebody waits for. */
export type Job = {
  readonly part: PartToRead;
  readonly found: (text: AttachmentText) => void;
  readonly settle: (outcome: PartReading['outcome'], error?: unknown) => void;
};

/** A thread from its start to its end. */
export type RunningThread = {
  /** Resolves when the thread is ready, or has ended. */
  readonly started: Promise<void>;
  /** There may be something to do. */
  readonly proceed: () => void;
  /** Kills the thread; what it was reading is settled. */
  readonly end: (outcome: PartReading['outcome'], error?: unknown) => Promise<void>;
};

type Owner = {
  readonly next: () => Job | null;
  /** The thread is gone: it could not be started, a job brought it to its end, or it had none. */
  readonly ended: (during: 'start' | 'job' | 'rest', error: unknown) => void;
};

/** Starts a worker thread that takes one job after the other, and ends itself when a job hangs or brings it down. */
export function startThread(options: ReadingThreadOptions, owner: Owner): RunningThread {
  const worker = startShieldedThread(options.worker, options.heapMegabytes);
  const { promise: started, resolve: hasStarted } = Promise.withResolvers<undefined>();
  let isReady = false;
  let job: Job | null = null;
  let end: Promise<void> | null = null;
  let timer = limit(
    options.startLimitMs,
    () => new Error('the reader of attachments did not start'),
  );

  function limit(limitMs: number, error: () => Error): NodeJS.Timeout {
    return setTimeout(() => void finish('timeout', error()), limitMs);
  }

  function finish(outcome: PartReading['outcome'], error: unknown = null): Promise<void> {
    end ??= (async () => {
      clearTimeout(timer);
      // What crashed is ending already, and what it found may arrive after the error. What hangs may take long to die.
      if (outcome !== 'crash') job?.settle(outcome, error);
      // Waits until the thread is gone: two at a time would be twice the memory.
      await worker.terminate();
      if (outcome === 'crash') job?.settle(outcome, error);
      hasStarted(undefined);
      owner.ended(isReady ? (job === null ? 'rest' : 'job') : 'start', error);
    })();
    return end;
  }

  const proceed = () => {
    if (!isReady || job !== null || end !== null) return;
    job = owner.next();
    if (job === null) {
      worker.unref();
      return;
    }
    worker.ref();
    timer = limit(options.partLimitMs, () => new Error(`longer than ${options.partLimitMs} ms`));
    // A copy: the part may be a piece of a larger buffer, all of which would be sent.
    const content = new Uint8Array(job.part.content);
    worker.postMessage({ ...job.part, content }, [content.buffer]);
  };

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'text') return job?.found(message.text);
    clearTimeout(timer);
    if (message.kind === 'ready') {
      isReady = true;
      hasStarted(undefined);
    } else job?.settle(message.isReadable ? 'read' : 'unreadable');
    job = null;
    proceed();
  });
  worker.on('error', (error) => void finish('crash', error));
  worker.on('exit', () => void finish('crash', new Error('the reader of attachments ended')));
  return { started, proceed, end: finish };
}
