import { pino } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';

export type Log = Logger;
export type LogLevel = LevelWithSilent;

/** Never written, wherever a caller might put them; what is logged on purpose has none of these names. */
const secrets = ['subject', 'body', 'text', 'html', 'password', 'authorization'];

const maxErrorCharacters = 2000;

/** Syslog severities (RFC 5424 §6.2.1), as sd-daemon(3) reads them before a line. */
const severities = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2 } as const;

/**
 * The same lines with `<N>` before each: journald takes it off and files the line under that priority, where otherwise
 * all of them are `info`.
 */
export function journalLines(destination: DestinationStream): DestinationStream {
  return {
    // pino then says which level it writes.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 30,
    write(line: string) {
      const label = pino.levels.labels[this.lastLevel] as keyof typeof severities | undefined;
      destination.write(`<${label === undefined ? 6 : severities[label]}>${line}`);
    },
  } as DestinationStream & { readonly lastLevel: number };
}

/** JSON lines on standard output, or on `destination`. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), remove: true },
    serializers: { error: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Name, code and a bounded stack; without what an error may quote of its input, and without passwords in URLs. */
function describeError(error: unknown): Readonly<Record<string, string>> {
  const isError = error instanceof Error;
  const detail = isError ? (error.stack ?? error.message) : String(error);
  return {
    name: isError ? error.name : typeof error,
    ...(isError && 'code' in error ? { code: String(error.code) } : {}),
    detail: detail.replace(/\/\/[^\s/@]*@/g, '//***@').slice(0, maxErrorCharacters),
  };
}
