import { pino } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';

export type Log = Logger;
export type LogLevel = LevelWithSilent;

/** Never written, wherever a caller might put them; what is logged on purpose has none of these names. */
const secrets = new Set(['subject', 'body', 'text', 'html', 'password', 'authorization']);

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
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
    serializers,
  };
  return destination ? pino(options, destination) : pino(options);
}

/** `err` is what pino calls an error that is logged alone. */
const serializers = { error: describeError, err: describeError };

type Facts = Readonly<Record<string, unknown>>;

/**
 * Without what has the name of a secret, at the top and one level below; errors have their serializer. pino's `redact`
 * does that, too, but copies 36 KB for the line of one message.
 */
function withoutSecrets(facts: Facts): Facts {
  const isClean =
    !namesSecret(facts) &&
    !Object.values(facts).some((value) => isObject(value) && namesSecret(value));
  if (isClean) return facts;
  const kept = Object.entries(withoutOwnSecrets(facts)).map(([name, value]) => [
    name,
    isObject(value) && !Object.hasOwn(serializers, name) ? withoutOwnSecrets(value) : value,
  ]);
  return Object.fromEntries(kept) as Facts;
}

function namesSecret(facts: Facts): boolean {
  for (const name in facts) if (secrets.has(name)) return true;
  return false;
}

function withoutOwnSecrets(facts: Facts): Facts {
  if (!namesSecret(facts)) return facts;
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !secrets.has(name)));
}

function isObject(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
