import type { DayTraffic } from './ledger.ts';

/** Less says nothing about how often an alias writes. */
const least = { days: 5, span: 14 };
/** How rarely an alias that writes as it did is silent for longer. */
const chance = 0.001;

/**
 * The longest silence in days that the days with mail explain, or null where there are too few: longer than any that was
 * seen, and than 999 of 1,000 if each day had mail as often as these, whatever the day before it. `through` is the last
 * day of `daily`'s window.
 */
export function usualSilenceDays(daily: readonly DayTraffic[], through: number): number | null {
  const days = daily.filter(({ messages }) => messages > 0).map(({ day }) => day);
  const first = days[0] ?? through;
  const span = through - first + 1;
  if (days.length < least.days || span < least.span) return null;
  const withMail = (days.length + 0.5) / (span + 1);
  const byChance = Math.log(chance) / Math.log(1 - withMail);
  const longest = Math.max(...days.slice(1).map((day, index) => day - (days[index] ?? day)));
  return Math.max(byChance, longest) + 1;
}
