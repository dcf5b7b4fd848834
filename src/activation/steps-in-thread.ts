import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ActivationStepName, StepsPassed } from './activation-step.ts';
import type { StepsNews, StepsTask } from './steps-worker.ts';

const heapMegabytes = 1024;
/** Many times what all cases and a full file of kept mail take on a slow machine. */
const usualLimitMs = 15 * 60_000;

export type StepsInThreadOptions = {
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
};

/**
 * Runs the steps of an activation beside the mail. A step that takes too long or too much memory is a refusal.
 * @throws Error where the thread cannot be started or is stopped, and where the directory changed meanwhile.
 */
export async function stepsInThread(
  task: StepsTask,
  { signal, limitMs = usualLimitMs }: StepsInThreadOptions = {},
): Promise<StepsPassed> {
  // Compiled, this file and the worker's end in `.js`.
  const file = new URL(`./steps-worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, {
    workerData: task,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  // Heard below; one that comes after the answer ends no process.
  worker.on('error', () => undefined);
  const ending = new AbortController();
  const stop = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  let running: ActivationStepName | null = null;
  const refused = (problem: string): StepsPassed => ({
    summaries: [],
    refusals: [{ step: running ?? 'check', problems: [problem] }],
  });
  const answer = Promise.withResolvers<StepsPassed>();
  worker.on('message', (news: StepsNews) => {
    if (news.kind === 'running') running = news.step;
    else if (news.kind === 'passed') answer.resolve(news.passed);
    else answer.reject(new Error(`${task.directory} changed while it was tested`));
  });
  const ended = once(worker, 'exit', { signal: stop }).then(
    () => refused('it ended without an answer'),
    (error: unknown) => {
      // One that never began says nothing about the rules.
      if (running === null || stop.aborted) throw error;
      return refused(`it failed: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  const tooLong = delay(limitMs, null, { signal: stop }).then(() =>
    refused(`it was stopped, not done after ${limitMs / 1000} seconds`),
  );
  try {
    return await Promise.race([answer.promise, ended, tooLong]);
  } finally {
    ending.abort();
    await Promise.allSettled([ended, tooLong, worker.terminate()]);
  }
}
