import type { Counters } from './ledger.ts';

/** Days may bring this many times the usual rate of their events before the rest of them is cut off. */
const mostTimesUsual = 3;

/**
 * The day buckets with each day's events (first appearances `x.`, levels `l.`) clipped at 3 times what the alias's median
 * day would bring to as many messages, and never below 1: one poisoned day barely moves a rate (detection 2.2).
 * redis-observe.lua does the same.
 */
export function winsorized(days: readonly Counters[]): readonly Counters[] {
  const usual = medianRates(days);
  return days.map((counters) => {
    const clipped: Record<string, number> = { ...counters };
    for (const [name, amount] of Object.entries(counters)) {
      if (!isEvent(name)) continue;
      const most = Math.floor(mostTimesUsual * (usual.get(name) ?? 0) * messagesOf(counters));
      clipped[name] = Math.min(amount, Math.max(1, most));
    }
    return clipped;
  });
}

/** Per event the median, over the days with messages, of its share of the day's messages. */
function medianRates(days: readonly Counters[]): ReadonlyMap<string, number> {
  const rates = new Map<string, number[]>();
  let dayCount = 0;
  for (const counters of days) {
    const messages = messagesOf(counters);
    if (messages === 0) continue;
    dayCount++;
    for (const [name, amount] of Object.entries(counters)) {
      if (!isEvent(name)) continue;
      const known = rates.get(name);
      if (known) known.push(amount / messages);
      else rates.set(name, [amount / messages]);
    }
  }
  return new Map([...rates].map(([name, shown]) => [name, medianWithZeros(shown, dayCount)]));
}

/** Median of `count` numbers of which those not listed are 0. */
function medianWithZeros(listed: readonly number[], count: number): number {
  const sorted = listed.toSorted((a, b) => a - b);
  const zeros = count - sorted.length;
  const at = (rank: number) => sorted[rank - zeros] ?? 0;
  return (at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2;
}

function isEvent(name: string): boolean {
  return name.startsWith('x.') || name.startsWith('l.');
}

function messagesOf(counters: Counters): number {
  return counters['n'] ?? 0;
}
