import type { AttachmentText } from '../attachment-text.ts';
import { outlineHtml } from '../html-outline.ts';
import { paragraphsOf } from '../paragraphs.ts';
import { attachmentLimits } from './attachment-limits.ts';
import { calendarLines, unescapeText, type CalendarLine } from './calendar-lines.ts';
import { createTextCollector, type TextCollector } from './text-collector.ts';

/** More components than a series of changed meetings has. */
const maxComponents = 50;
const maxNames = 50;

const texts = new Set([
  'SUMMARY',
  'DESCRIPTION',
  'LOCATION',
  'COMMENT',
  'CONTACT',
  'NAME',
  'X-ALT-DESC',
  'X-WR-CALNAME',
  'X-WR-CALDESC',
]);
const people = new Set(['ORGANIZER', 'ATTENDEE']);
const targets = new Set(['URL', 'ATTACH', 'CONFERENCE']);

/** Conference links of Google and Microsoft: `X-GOOGLE-CONFERENCE`, `X-MICROSOFT-SKYPETEAMSMEETINGURL`. */
const vendorTarget = /^X-.*(?:URL|CONFERENCE|CONFLINK)$/;

/** Tags that programs write into DESCRIPTION; `<https://…>` is none. */
const htmlTag =
  /<\/?(?:a|b|body|br|div|font|html|i|img|li|ol|p|span|strong|table|u|ul)\b[^<>]{0,2000}>/i;

/**
 * What an iCalendar stream shows and where it leads (RFC 5545), or null where it says nothing. Reads at most 1 MB and
 * 50 components; never throws.
 */
export function readCalendar(content: Uint8Array, charset: string | null): AttachmentText | null {
  const collector = createTextCollector();
  let components = 0;
  let names = 0;
  let isTimezone = false;
  for (const line of calendarLines(content.subarray(0, attachmentLimits.calendarBytes), charset)) {
    const { name, value } = line;
    if (name === 'BEGIN' && ++components > maxComponents) break;
    // The names of time zones are nobody's words.
    if (/^(?:BEGIN|END)$/.test(name) && /^VTIMEZONE\s*$/i.test(value))
      isTimezone = name === 'BEGIN';
    else if (people.has(name) && ++names > maxNames) continue;
    else if (!isTimezone) readLine(line, collector);
    if (collector.isFull()) break;
  }
  return collector.text('calendar');
}

function readLine({ name, parameters, value }: CalendarLine, collector: TextCollector): void {
  if (texts.has(name)) {
    readText(unescapeText(value), collector);
    const alternative = parameters.get('ALTREP');
    if (alternative !== undefined) collector.addTarget(alternative);
  } else if (people.has(name)) collector.addBlock(parameters.get('CN') ?? '');
  else if (targets.has(name) || vendorTarget.test(name)) {
    if (!isInline(parameters)) collector.addTarget(value);
  }
}

/** The value is a file in base64 (RFC 5545 §3.8.1.1), not the address of one. */
function isInline(parameters: CalendarLine['parameters']): boolean {
  return parameters.has('ENCODING') || parameters.get('VALUE')?.toUpperCase() === 'BINARY';
}

function readText(text: string, collector: TextCollector): void {
  if (!htmlTag.test(text)) {
    for (const block of paragraphsOf(text, attachmentLimits.blocks)) collector.addBlock(block);
    return;
  }
  const { blocks, links } = outlineHtml(text);
  for (const block of blocks) collector.addBlock(block);
  for (const link of links) collector.addTarget(link);
}
