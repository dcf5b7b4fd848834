import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { StepsPassed } from './activation-step.ts';
import type { StepsTask } from './steps-worker.ts';

const heapMegabytes = 1024;

/** Runs the steps of an activation beside the mail. @throws Error where the thread fails or is stopped. */
export async function stepsInThread(task: StepsTask, signal?: AbortSignal): Promise<StepsPassed> {
  // Compiled, this file and the worker's end in `.js`.
  const file = new URL(`./steps-worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, {
    workerData: task,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  try {
    const [passed] = (await Promise.race([
      once(worker, 'message', { signal }),
      once(worker, 'exit').then(() => {
        throw new Error('the steps of an activation ended without an answer');
      }),
    ])) as [StepsPassed];
    return passed;
  } finally {
    await worker.terminate();
  }
}
