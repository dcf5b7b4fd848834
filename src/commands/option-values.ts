import { InvalidArgumentError } from 'commander';

/** An option that may be given several times. */
export function collect(value: string, collected: readonly string[] = []): readonly string[] {
  return [...collected, value];
}

export function parseTime(text: string): Date {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('Write a time as 2026-03-01T09:30:00Z.');
  return time;
}

export function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new InvalidArgumentError('Write a whole number from 1 up.');
  return count;
}

/** Day number (UTC) of an ISO 8601 date. */
export function parseDay(text: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('Write a day as 2026-03-01.');
  return time / 86_400_000;
}
