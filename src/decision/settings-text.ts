import { leavesOf, type PolicySettings } from './policy-override.ts';

/** Settings as a person reads them: `mode enforce, quarantine.alertsPerDay 5, limits.alias defer above 200 an hour`. */
export function settingsText(settings: PolicySettings): string {
  return [...leavesOf(settings)]
    .map(([path, value]) => `${leafName(path, value)} ${leafText(value)}`)
    .join(', ');
}

/** How the file calls a setting: a budget is either of two keys. */
export function leafName(path: string, value: unknown): string {
  return isAlertsPerDay(value) ? path.replace(/budget$/, 'alertsPerDay') : path;
}

/** One value of `leavesOf`. */
export function leafText(value: unknown): string {
  if (value === null) return 'none';
  if (isAlertsPerDay(value)) return String(value.alertsPerDay);
  if (isCeiling(value)) return `${value.action} above ${value.perHour} an hour`;
  if (value === '') return "''";
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isAlertsPerDay(value: unknown): value is { readonly alertsPerDay: number } {
  return typeof value === 'object' && value !== null && 'alertsPerDay' in value;
}

function isCeiling(value: unknown): value is { readonly perHour: number; readonly action: string } {
  return typeof value === 'object' && value !== null && 'perHour' in value;
}
