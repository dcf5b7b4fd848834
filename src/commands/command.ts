import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

/** What a command may touch of the process it runs in; `main.ts` builds it. */
export type CommandContext = {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Calls it for every SIGHUP from now on; without it SIGHUP ends the process. */
  readonly onHangup?: (listener: () => void) => void;
  /** Sets the exit code of the process. */
  readonly exit: (code: number) => void;
  /** How long the process may take to end after `signal`; past it, it is ended. */
  readonly endWithin: (durationMs: number) => void;
};

/** Exit codes beside 0: the command failed; it was called wrongly; somebody pressed Ctrl-C (128 + SIGINT). */
export const exitCodes = { failed: 1, usage: 2, interrupted: 130 } as const;

/** What went wrong in one sentence that names the thing and says what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: number;

  constructor(
    message: string,
    {
      exitCode = exitCodes.failed,
      cause,
    }: { readonly exitCode?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** One bare JSON object on standard output. */
export function printJson({ stdout }: CommandContext, result: object): void {
  stdout.write(`${JSON.stringify(result)}\n`);
}

export type Progress = {
  readonly step: (amount?: number) => void;
  readonly [Symbol.dispose]: () => void;
};

/** A progress bar on standard error, where that is a terminal; otherwise silent. */
export function startProgress(
  { stderr }: CommandContext,
  { total, unit }: { readonly total: number; readonly unit: string },
): Progress {
  if (stderr.isTTY !== true) return { step: () => undefined, [Symbol.dispose]: () => undefined };
  const bar = new SingleBar({
    stream: stderr,
    format: `{bar} {percentage} % | {value}/{total} ${unit} | {eta_formatted} left`,
    etaBuffer: 200,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return { step: (amount = 1) => bar.increment(amount), [Symbol.dispose]: () => bar.stop() };
}
