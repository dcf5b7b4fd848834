import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '../../src/commands/demo/random.ts';
import { defaultSmtpLimits } from '../../src/smtp/limits.ts';
import { defaultTimeouts, type HostAndPort } from '../../src/smtp/next-hop-settings.ts';
import {
  deliverWithPrefix,
  startTestFrontHop,
  testPrefix,
  type TestFrontHop,
} from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { fuzzInput, type FuzzInput } from './fuzz-input.ts';

export type FuzzRun = {
  readonly sessions: number;
  /** Messages that arrived at the next hop with their final dot. */
  readonly completed: number;
  /** How often the clients read each code. */
  readonly replies: Readonly<Record<string, number>>;
  readonly uncaught: readonly unknown[];
  /** What the front hop reported as the cause of a 451. */
  readonly errors: readonly string[];
  /** Sockets that were open when all clients were gone and the front hop was closed. */
  readonly leakedSockets: number;
  /** What no client may cause: a foreign command or a bare line ending at the next hop, a reply that is none. */
  readonly violations: readonly string[];
  /** After a full collection, at the start and after every tenth of the run. */
  readonly heapMegabytes: readonly number[];
  readonly rssMegabytes: readonly number[];
};

export type FuzzOptions = {
  readonly sessions: number;
  readonly clients: number;
  readonly seed: number;
  /** `globalThis.gc`, where it is there. */
  readonly collect?: () => void;
};

/** Random clients over real sockets, against a front hop whose next hop records what gets through. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzRun> {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on('uncaughtException', note).on('unhandledRejection', note);
  const socketsBefore = openSockets();
  try {
    const stock = new Stock(options.collect);
    const leakedAtNextHop = await driveClients(options, stock);
    await delay(50); // closed sockets leave the loop a tick later
    return {
      ...stock.counts(),
      sessions: options.sessions,
      uncaught,
      leakedSockets: leakedAtNextHop + openSockets() - socketsBefore,
    };
  } finally {
    process.off('uncaughtException', note).off('unhandledRejection', note);
  }
}

/** Returns how many sockets to the next hop are still open when all clients are gone. */
async function driveClients(options: FuzzOptions, stock: Stock): Promise<number> {
  const { sessions, clients, seed } = options;
  const random = createRandom(seed);
  await using recorder = await SmtpRecorder.start();
  await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
    timeouts: { ...defaultTimeouts, clientIdleMs: 2000 },
    limits: { ...defaultSmtpLimits, maxErrors: 50 },
  });
  let started = 0;
  const client = async (): Promise<void> => {
    while (started < sessions) {
      if (started++ % Math.ceil(sessions / 10) === 0) stock.take(recorder, frontHop);
      stock.replied(await runSession(frontHop.address, fuzzInput(random)));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const allClosed = recorder.until(({ openSockets: open }) => open === 0);
  await Promise.race([allClosed, delay(5000, undefined, { ref: false })]);
  stock.take(recorder, frontHop);
  return recorder.openSockets;
}

/** What a run has seen so far; what is counted is forgotten, so that only the front hop could grow. */
class Stock {
  readonly #collect: () => void;
  readonly #violations: string[] = [];
  readonly #errors = new Set<string>();
  readonly #replies: Record<string, number> = {};
  readonly #heapMegabytes: number[] = [];
  readonly #rssMegabytes: number[] = [];
  #completed = 0;

  constructor(collect: () => void = () => undefined) {
    this.#collect = collect;
  }

  take(recorder: SmtpRecorder, frontHop: TestFrontHop): void {
    this.#completed += checkNextHop(recorder, this.#violations);
    for (const error of frontHop.errors.splice(0)) this.#errors.add(rootOf(error));
    frontHop.refusals.length = 0;
    frontHop.duplicateRisks.length = 0;
    this.#collect();
    const { heapUsed, rss } = process.memoryUsage();
    this.#heapMegabytes.push(megabytes(heapUsed));
    this.#rssMegabytes.push(megabytes(rss));
  }

  replied(lines: readonly string[]): void {
    for (const line of lines) {
      const code = /^(\d{3})[ -]/.exec(line)?.[1];
      if (code === undefined)
        this.#violations.push(`no reply: ${JSON.stringify(line.slice(0, 80))}`);
      else this.#replies[code] = (this.#replies[code] ?? 0) + 1;
    }
  }

  counts(): Omit<FuzzRun, 'sessions' | 'uncaught' | 'leakedSockets'> {
    return {
      completed: this.#completed,
      replies: this.#replies,
      errors: [...this.#errors],
      violations: this.#violations,
      heapMegabytes: this.#heapMegabytes,
      rssMegabytes: this.#rssMegabytes,
    };
  }
}

/** Says everything, hangs up, and returns the lines that came back. */
async function runSession(to: HostAndPort, input: FuzzInput): Promise<string[]> {
  const socket = connect(to);
  const received: Buffer[] = [];
  const arrivals = new EventEmitter();
  let heard = 0;
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk);
    arrivals.emit('reply');
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').catch(() => undefined);
  socket.setTimeout(3000, () => socket.destroy());
  const listen = async (): Promise<void> => {
    if (input.patienceMs === 0) return;
    const waiting = new AbortController();
    const { signal } = waiting;
    const expired = delay(input.patienceMs, undefined, { signal }).catch(() => undefined);
    if (received.length === heard)
      await Promise.race([
        once(arrivals, 'reply', { signal }).catch(() => undefined),
        closed,
        expired,
      ]);
    waiting.abort();
    heard = received.length;
  };
  for (const segment of input.segments) {
    await listen();
    if (socket.destroyed) break;
    socket.write(segment);
  }
  await listen();
  hangUp(socket, input.ending);
  await closed;
  const lines = Buffer.concat(received).toString('latin1').split('\r\n');
  lines.pop(); // what follows the last line ending was cut off with the connection
  return lines;
}

function hangUp(socket: Socket, ending: FuzzInput['ending']): void {
  if (ending === 'end') socket.end();
  else if (ending === 'destroy') socket.destroy();
  else socket.resetAndDestroy();
}

/** Counts and forgets what arrived; only whole messages, with our prefix and without bare line endings. */
function checkNextHop(recorder: SmtpRecorder, violations: string[]): number {
  let count = 0;
  const ended = recorder.sessions.filter(({ closed }) => closed);
  for (const { commands, messages } of ended) {
    count += messages.length;
    for (const message of messages) {
      if (!message.subarray(0, testPrefix.length).equals(testPrefix))
        violations.push('a message without our fields');
      if (/(?:^|[^\r])\n|\r(?!\n)|\0/.test(message.toString('latin1')))
        violations.push('a bare line ending or NUL');
    }
    for (const line of commands) {
      if (!/^(?:EHLO|MAIL FROM:|RCPT TO:|DATA$|RSET$|QUIT$)/i.test(line))
        violations.push(`at the next hop: ${JSON.stringify(line.slice(0, 80))}`);
    }
  }
  const open = recorder.sessions.filter(({ closed }) => !closed);
  recorder.sessions.splice(0, recorder.sessions.length, ...open);
  return count;
}

function rootOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return `${cause.name}: ${cause.message}`.slice(0, 120);
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
