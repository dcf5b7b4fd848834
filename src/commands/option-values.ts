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
