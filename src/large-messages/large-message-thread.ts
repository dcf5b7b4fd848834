import { extname } from 'node:path';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { startShieldedThread } from '../message/shielded-thread.ts';
import type { FromTask, Task, ToTask } from './tasks.ts';

export type LargeMessageThreadOptions = {
  /** A task that takes longer ends the thread, and with it all that it does. */
  readonly taskLimitMs: number;
  /** After it was started, it is not started again sooner. */
  readonly restMs: number;
  readonly heapMegabytes: number;
  /** The module that the thread runs. */
  readonly worker: URL;
};

export const defaultLargeMessageThreadOptions: LargeMessageThreadOptions = {
  taskLimitMs: 30_000,
  restMs: 10_000,
  heapMegabytes: 512,
  // Compiled, this file and the worker's end in `.js`.
  worker: new URL(`./large-message-worker${extname(import.meta.url)}`, import.meta.url),
};

/** What the thread is asked, without the port that `ask` makes for it. */
export type Request = Task extends infer Each
  ? Each extends Task
    ? Omit<Each, 'port'>
    : never
  : never;

export type Asking = {
  /** Answers what the thread asks before it has its result; what this rejects with, `ask` does. */
  readonly answer?: (asked: Asked) => Promise<ToTask>;
  /** Aborted once nobody waits for the result any more. */
  readonly signal?: AbortSignal;
};

export type Asked = Extract<FromTask, { readonly kind: 'more' | 'question' }>;

/** The last thing that a task says. */
export type TaskResult = Exclude<FromTask, Asked>;

/** One thread, started when it is first needed, and again after it has ended. It takes any number of tasks at a time. */
export type LargeMessageThread = AsyncDisposable & {
  /** Whether it can be asked. Where it does not run it is started, which no message should have to wait for. */
  readonly isReady: () => boolean;
  /** @throws Error where the thread is not ready, ends, or takes too long. */
  readonly ask: (
    request: Request,
    transfer: readonly ArrayBuffer[],
    asking?: Asking,
  ) => Promise<TaskResult>;
};

/** Disposing ends the thread; what it does then fails. */
export function createLargeMessageThread(
  options: LargeMessageThreadOptions = defaultLargeMessageThreadOptions,
): LargeMessageThread {
  let running: Worker | null = null;
  let ready: Worker | null = null;
  let startedMs = -Infinity;
  const forget = (worker: Worker): void => {
    if (running === worker) running = ready = null;
  };
  const start = (): void => {
    startedMs = performance.now();
    const worker = startShieldedThread(options.worker, options.heapMegabytes);
    worker.setMaxListeners(0); // each task hears of its end
    worker.unref();
    worker.once('error', () => forget(worker)).once('exit', () => forget(worker));
    worker.once('message', () => {
      if (running === worker) ready = worker;
    });
    running = worker;
  };

  return {
    isReady: () => {
      if (running === null && performance.now() - startedMs >= options.restMs) start();
      return ready !== null;
    },
    ask: async (request, transfer, { answer, signal } = {}) => {
      const worker = ready;
      if (worker === null) throw new Error('the thread for large messages is not ready');
      const { port1: port, port2 } = new MessageChannel();
      const { promise, resolve, reject } = Promise.withResolvers<TaskResult>();
      const crash = (error: unknown) => reject(error);
      const end = () => reject(new Error('the thread for large messages ended'));
      const leave = () => reject(new Error('nobody waits for the result any more'));
      const timer = setTimeout(() => {
        reject(new Error(`longer than ${options.taskLimitMs} ms`));
        forget(worker);
        void worker.terminate();
      }, options.taskLimitMs);
      port.on('message', (said: FromTask) => {
        if (said.kind !== 'more' && said.kind !== 'question') resolve(said);
        else
          answer?.(said).then((message) => port.postMessage(message, transferOf(message)), reject);
      });
      worker.once('error', crash).once('exit', end);
      signal?.addEventListener('abort', leave);
      try {
        signal?.throwIfAborted();
        worker.postMessage({ ...request, port: port2 }, [port2, ...transfer]);
        return await promise;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        worker.off('error', crash).off('exit', end);
        port.close();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await running?.terminate();
    },
  };
}

function transferOf(message: ToTask): ArrayBuffer[] {
  return message.kind === 'piece' && message.bytes !== null ? [message.bytes.buffer] : [];
}
