import { replyText } from '../../smtp/reply.ts';
import { failed, ok, warning, type Finding } from './finding.ts';
import type { NextHopProbe } from './probe-next-hop.ts';

/** Both clocks at one moment, in milliseconds. */
export type ClockReading = { readonly wallMs: number; readonly monotonicMs: number };

export function readClocks(): ClockReading {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}

const name = 'clock';
/** Nobody ran this before it was written. */
const writtenMs = Date.UTC(2026, 10, 1);
/** NTP slews by at most half a millisecond per second. */
const unevenMs = 500;
const toleratedMs = 300_000;
const absurdMs = 86_400_000;
const advice = [
  'let chrony, systemd-timesyncd or the hypervisor set the clock: signatures expire, and history is kept, by the day',
];

/**
 * Compares with the date that Exim, Sendmail and Exchange put into their greeting; DNS carries no time. All in epoch
 * milliseconds, so no time zone matters.
 */
export function checkClock(
  before: ClockReading,
  after: ClockReading,
  probes: readonly Pick<NextHopProbe, 'greeting' | 'receivedAt'>[],
): Finding {
  if (after.wallMs < writtenMs)
    return failed(
      name,
      `${new Date(after.wallMs).toISOString()} is before this program was written`,
      advice,
    );
  const stepMs = after.wallMs - before.wallMs - (after.monotonicMs - before.monotonicMs);
  if (Math.abs(stepMs) > unevenMs)
    return warning(name, `the clock jumped by ${seconds(stepMs)} during these checks`, advice);
  const offsets = probes.flatMap(({ greeting, receivedAt }) => {
    const date = greetingDate(replyText(greeting));
    return date === null ? [] : [receivedAt.getTime() - date];
  });
  const [offsetMs] = offsets;
  if (offsetMs === undefined)
    return ok(name, 'runs evenly; no next hop greets with a date to compare with');
  const message = `${seconds(offsetMs)} ${offsetMs < 0 ? 'behind' : 'ahead of'} the next hop`;
  if (Math.abs(offsetMs) <= toleratedMs) return ok(name, message);
  return Math.abs(offsetMs) > absurdMs
    ? failed(name, message, advice)
    : warning(name, message, advice);
}

/** Epoch milliseconds of a date as in a header (RFC 5322 §3.3), or null. */
export function greetingDate(text: string): number | null {
  const date =
    /\b[A-Z][a-z]{2}, {1,2}\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC)/.exec(
      text,
    );
  const epochMs = date === null ? Number.NaN : Date.parse(date[0]);
  return Number.isNaN(epochMs) ? null : epochMs;
}

function seconds(durationMs: number): string {
  return `${(Math.abs(durationMs) / 1000).toFixed(1)} s`;
}
