import type { AttachmentText } from '../attachment-text.ts';
import { readCalendar } from './calendar.ts';
import { chooseParts } from './chosen-parts.ts';
import type { MessagePart } from './message-part.ts';

/** The calendars among the parts, also those that are an alternative of the text: cheap enough for every caller. */
export function readCalendars(parts: readonly MessagePart[]): Promise<readonly AttachmentText[]> {
  const calendars = chooseParts(parts).toRead.flatMap(({ kind, part }) =>
    kind === 'calendar' ? (readCalendar(part.content, part.charset) ?? []) : [],
  );
  return Promise.resolve(calendars);
}
