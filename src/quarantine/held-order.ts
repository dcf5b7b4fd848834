import { QuarantineError } from './quarantine-error.ts';

const timeDigits = 15;

/**
 * Where an entry stands among all: later `heldAt` is a greater string. Ids make it unique, so that a page can begin
 * exactly after another one whatever was held in the same millisecond.
 */
export function placeOf({ heldAt, id }: { readonly heldAt: string; readonly id: string }): string {
  return `${placeOfTime(heldAt)}${id}`;
}

/** Below the places of all entries held at this time (ISO 8601) or later. */
export function placeOfTime(iso: string): string {
  return String(Math.max(0, Date.parse(iso))).padStart(timeDigits, '0');
}

/** What `HeldPage.next` said, or null. @throws QuarantineError `invalid-id` for anything else. */
export function readPlace(after: string | undefined): string | null {
  if (after === undefined) return null;
  if (/^\d{15}[0-9a-z]{20}$/.test(after)) return after;
  throw new QuarantineError('invalid-id', 'this is not the end of a page of held mail');
}
