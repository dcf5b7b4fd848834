/** What one check found; `message` is a sentence without its final stop, `advice` what to change, empty for `ok`. */
export type Finding = {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly message: string;
  readonly advice: readonly string[];
};

export function ok(name: string, message: string): Finding {
  return { name, status: 'ok', message, advice: [] };
}

export function warning(name: string, message: string, advice: readonly string[]): Finding {
  return { name, status: 'warning', message, advice };
}

export function failed(name: string, message: string, advice: readonly string[]): Finding {
  return { name, status: 'failed', message, advice };
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses of one name fail together, without a message for all.
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error.message;
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

export function milliseconds(durationMs: number): string {
  return `${durationMs < 10 ? durationMs.toFixed(1) : Math.round(durationMs)} ms`;
}

export function bytes(count: number): string {
  const gibibytes = count / 2 ** 30;
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GiB` : `${Math.floor(count / 2 ** 20)} MiB`;
}
