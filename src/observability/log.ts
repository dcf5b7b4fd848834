import { pino } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';

export type Log = Logger;
export type LogLevel = LevelWithSilent;

/** Never written, wherever a caller might put them; what is logged on purpose has none of these names. */
const secrets = ['subject', 'body', 'text', 'html', 'password', 'authorization'];

const maxErrorCharacters = 2000;

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
