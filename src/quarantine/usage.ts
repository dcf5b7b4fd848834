import { QuarantineError } from './quarantine-error.ts';

/** How old a measure may be before a message is refused by it: another process may have made room. */
const freshForMs = 60_000;

/** What a quarantine takes on the disk, or in the bucket. */
export type Usage = {
  /** @throws QuarantineError `full` where so much more is past the quota. Before the first measure all is let in. */
  readonly admit: (bytes: number) => Promise<void>;
  readonly add: (bytes: number) => void;
  /** Null before the first measure. */
  readonly bytes: () => number | null;
  readonly measure: () => Promise<void>;
};

/** Counts what is added, and measures (`taken`, in bytes) when that matters. */
export function createUsage(taken: () => Promise<number>, maxBytes: number | null): Usage {
  let bytes: number | null = null;
  let measuredAtMs = -Infinity;
  const measure = async (): Promise<void> => {
    bytes = await taken();
    measuredAtMs = performance.now();
  };
  return {
    admit: async (added) => {
      if (maxBytes === null || bytes === null || bytes + added <= maxBytes) return;
      if (performance.now() - measuredAtMs > freshForMs) await measure();
      if (bytes + added <= maxBytes) return;
      throw new QuarantineError(
        'full',
        `the quarantine takes ${bytes} bytes of the ${maxBytes} that it may (maxQuarantineBytes)`,
      );
    },
    add: (added) => {
      if (bytes !== null) bytes = Math.max(0, bytes + added);
    },
    bytes: () => bytes,
    measure,
  };
}
