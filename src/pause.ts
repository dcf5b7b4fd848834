import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, without keeping the process alive. False where `signal` was given: there is nothing left to wait for. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, null, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}
