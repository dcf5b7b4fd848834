import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { arrivalsMs } from './arrivals.ts';
import { readMailFile } from './mail-file.ts';
import { openRspamdSession, openSpamdSession } from './scan-session.ts';
import { openSmtpSession, type LoadSession } from './smtp-session.ts';

/**
 * Sends the messages of a file over `--sessions` connections that stay open: as fast as they are taken, or with `--rate`
 * as they arrive, so many a second. A process of its own: its work is nobody else's. Prints one line of JSON.
 */
export type LoadResult = {
  readonly seconds: number;
  /** Until it was taken, in ms, ascending: from MAIL on, with `--rate` from its arrival on, waiting for a session included. */
  readonly latenciesMs: readonly number[];
};

const { values: options } = parseArgs({
  options: {
    protocol: { type: 'string', default: 'smtp' },
    port: { type: 'string', default: '0' },
    client: { type: 'string' },
    mail: { type: 'string', default: '' },
    count: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '50' },
    rate: { type: 'string' },
    arrivals: { type: 'string', default: 'poisson' },
  },
});
const messages = readMailFile(options.mail).slice(0, Number(options.count));
const dueMs =
  options.rate === undefined
    ? null
    : arrivalsMs(options.arrivals === 'even' ? 'even' : 'poisson', {
        count: messages.length,
        perSecond: Number(options.rate),
      });
const latenciesMs: number[] = [];
let next = 0;

const sessions = await Promise.all(Array.from({ length: Number(options.sessions) }, open));
const startedMs = performance.now();
await Promise.all(sessions.map(sendAll));
const seconds = (performance.now() - startedMs) / 1000;
for (const { close } of sessions) close();
latenciesMs.sort((left, right) => left - right);
process.stdout.write(`${JSON.stringify({ seconds, latenciesMs } satisfies LoadResult)}\n`);

async function open(): Promise<LoadSession> {
  const [port, client] = [Number(options.port), options.client];
  if (options.protocol === 'rspamd') return openRspamdSession(port, client ?? '127.0.0.1');
  if (options.protocol === 'spamd') return openSpamdSession(port, client ?? '127.0.0.1');
  return openSmtpSession(port, client);
}

async function sendAll({ send }: LoadSession): Promise<void> {
  for (;;) {
    const at = next++;
    const message = messages[at];
    if (message === undefined) return;
    const sinceMs = await arrivalOf(at);
    await send(message, `user${at % 200}@example.test`);
    latenciesMs.push(performance.now() - sinceMs);
  }
}

/** A message that arrived while every session was taken has waited since; a timer that fires late is no wait of its. */
async function arrivalOf(at: number): Promise<number> {
  const arrivesMs = startedMs + (dueMs?.[at] ?? Infinity);
  if (dueMs === null) return performance.now();
  const aheadMs = arrivesMs - performance.now();
  if (aheadMs <= 0) return arrivesMs;
  await delay(aheadMs);
  return performance.now();
}
