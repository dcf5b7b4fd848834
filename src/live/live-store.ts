import type { BreakerOrder } from './breaker-order.ts';
import type { ProcessStatus } from './process-status.ts';

/** What running processes tell one another and the commands; nothing here is on the path of a message. */
export interface LiveStore extends AsyncDisposable {
  /** Replaces what the process said before; gone by itself after `keptMs`. */
  readonly say: (process: string, status: ProcessStatus, keptMs: number) => Promise<void>;
  /** The process has ended. */
  readonly leave: (process: string) => Promise<void>;
  /** What every running process said last, in no order. */
  readonly processes: () => Promise<readonly ProcessStatus[]>;
  /** The last order about the breaker of each set of rules, and about that of all mail; in no order. */
  readonly orders: () => Promise<readonly BreakerOrder[]>;
  /** All at once, in the place of what was said about the same before. */
  readonly give: (orders: readonly BreakerOrder[]) => Promise<void>;
  /** The same unless anything was said about it: nobody else's word is overwritten. */
  readonly propose: (order: BreakerOrder) => Promise<void>;
  /** What was said about these versions. */
  readonly forget: (rulesets: readonly string[]) => Promise<void>;
}

/** More processes than any site has. */
export const mostProcesses = 500;
