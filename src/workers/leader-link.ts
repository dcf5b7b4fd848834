import cluster from 'node:cluster';
import { once } from 'node:events';
import type { AlertWord } from '../alerts/shared-alerts.ts';
import type { ClientAnswer, FromWorker, ToWorker } from './messages.ts';

type Start = Extract<ToWorker, { kind: 'start' }>;

export type LeaderListeners = {
  readonly onWords: (words: readonly AlertWord[]) => void;
  readonly onClient: (id: number, answer: ClientAnswer) => void;
  readonly onMeasure: () => void;
};

export type LeaderLink = AsyncDisposable & {
  /** Of this process. */
  readonly pid: number;
  readonly tell: (message: FromWorker) => void;
  /** Resolves once it is on its way, or cannot be told. */
  readonly tellToEnd: (message: FromWorker) => Promise<void>;
  /** What to start with; null where it should end before it has begun. */
  readonly started: Promise<Start | null>;
  /** Aborted when the leading process asks for the end. */
  readonly drain: AbortSignal;
  /** From now on these hear what else is said. */
  readonly listen: (listeners: Partial<LeaderListeners>) => void;
};

/** The way from a worker of that version to the process that leads it. Disposing ends the talk, and with it what keeps the process alive. */
export function openLeaderLink(version: string): LeaderLink {
  const { worker } = cluster;
  if (worker === undefined) throw new Error('this process is no worker');
  const draining = new AbortController();
  const started = Promise.withResolvers<Start | null>();
  let listeners: Partial<LeaderListeners> = {};
  // Node ends a worker whose leader is gone; until it has, there is nobody to tell.
  const tell = (message: FromWorker) => {
    if (worker.isConnected()) worker.send(message, () => undefined);
  };
  worker.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'start':
        started.resolve(message);
        break;
      case 'drain':
        started.resolve(null);
        draining.abort();
        break;
      case 'client':
        listeners.onClient?.(message.id, message.answer);
        break;
      case 'words':
        listeners.onWords?.(message.words);
        break;
      case 'measure':
        listeners.onMeasure?.();
        break;
    }
  });
  tell({ kind: 'hello', version });
  return {
    pid: worker.process.pid ?? 0,
    tell,
    tellToEnd: async (message) => {
      if (!worker.isConnected()) return;
      const told = Promise.withResolvers<undefined>();
      worker.send(message, () => told.resolve(undefined));
      await told.promise;
    },
    started: started.promise,
    drain: draining.signal,
    listen: (given) => {
      listeners = { ...listeners, ...given };
    },
    [Symbol.asyncDispose]: async () => {
      if (!worker.isConnected()) return;
      const disconnected = once(worker, 'disconnect');
      worker.disconnect();
      await disconnected;
    },
  };
}
