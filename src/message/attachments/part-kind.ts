import type { MessagePart } from './message-part.ts';

export const partKinds = ['calendar', 'pdf', 'image'] as const;

/** What a part is to us. */
export type PartKind = (typeof partKinds)[number];

/** The header of a PDF may stand behind this much else (PDF.js and Acrobat accept it so). */
const pdfHeaderWithin = 1024;

const calendarTypes = new Set(['text/calendar', 'text/x-vcalendar', 'application/ics']);

/**
 * What the recipient's software will take a part for, or null. Content goes before labels: programs open a PDF that
 * calls itself `application/octet-stream`.
 */
export function kindOfPart({ content, contentType, filename }: MessagePart): PartKind | null {
  const start = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    .subarray(0, pdfHeaderWithin)
    .toString('latin1');
  if (/^(?:\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a)/.test(start)) return 'image';
  if (start.includes('%PDF-')) return 'pdf';
  if (/^(?:\xef\xbb\xbf)?\s*BEGIN:VCALENDAR/i.test(start)) return 'calendar';
  const isCalendar = calendarTypes.has(contentType) || /\.(?:ics|ical|ifb)$/i.test(filename ?? '');
  return isCalendar ? 'calendar' : null;
}
