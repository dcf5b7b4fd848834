import { html, type Html } from '../html.ts';

/** Times of the console are UTC, to the minute: `2026-11-24 09:30`. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${momentText(iso)}</time>`;
}

export function momentText(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

const units = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
] as const;

/** `3 hours ago`, `in 2 days`, `now`. */
export function ageText(iso: string, now: Date): string {
  const ms = now.getTime() - Date.parse(iso);
  const unit = units.find((each) => Math.abs(ms) >= each.ms);
  if (unit === undefined) return 'now';
  const count = Math.floor(Math.abs(ms) / unit.ms);
  const text = `${count} ${unit.name}${count === 1 ? '' : 's'}`;
  return ms > 0 ? `${text} ago` : `in ${text}`;
}
