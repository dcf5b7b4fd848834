import { Worker } from 'node:worker_threads';

/** Starts a thread that reads what strangers wrote: it has no secrets of ours, a bounded heap, and no way into our log. */
export function startShieldedThread(module: URL, heapMegabytes: number): Worker {
  const worker = new Worker(module, {
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    env: {},
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}
