import type { BreakerOrder, ProcessStatus } from './process-status.ts';

/** What running processes tell one another and the commands; nothing here is on the path of a message. */
export interface LiveStore extends AsyncDisposable {
  /** Replaces what the process said before; gone by itself after `keptMs`. */
  readonly say: (process: string, status: ProcessStatus, keptMs: number) => Promise<void>;
  /** The process has ended. */
  readonly leave: (process: string) => Promise<void>;
  /** What every running process said last, in no order. */
  readonly processes: () => Promise<readonly ProcessStatus[]>;
  /** The last order about the breaker, or null. */
  readonly order: () => Promise<BreakerOrder | null>;
  readonly give: (order: BreakerOrder) => Promise<void>;
}

/** More processes than any site has. */
export const mostProcesses = 500;
