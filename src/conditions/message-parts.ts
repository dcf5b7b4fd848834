import { languagesOf } from '../features/language.ts';
import type { Lists } from '../features/lists.ts';
import { foldText, wordsOf } from '../message/fold.ts';
import { fieldBodies } from '../message/header-block.ts';
import { linksOf, type Link } from '../message/links.ts';
import { parseMailboxes } from '../message/mailbox.ts';
import type { Message } from '../message/message.ts';

/** Characters of text that conditions see. */
const maxTextLength = 20_000;
const maxLanguageWords = 1000;
/** Text that is searched for spelled-out addresses. */
const maxLinkText = 200_000;

/** Visible paragraphs, once each: the plain text mostly repeats the HTML. */
export function writtenTextOf({ html, textBlocks }: Message): string {
  const blocks = new Set<string>();
  let length = 0;
  for (const block of [...(html?.blocks ?? []), ...textBlocks]) {
    if (length > maxTextLength) break;
    if (!blocks.has(block)) length += block.length + 1;
    blocks.add(block);
  }
  return [...blocks].join('\n').slice(0, maxTextLength);
}

/** Links as written and those spelled out in text, distinct. */
export function linksIn(hrefs: readonly string[], blocks: readonly string[]): readonly Link[] {
  return linksOf(hrefs, [blocks.join('\n').slice(0, maxLinkText)]);
}

export function toCountOf({ fields }: Message, name: 'to' | 'cc'): number {
  return parseMailboxes(fieldBodies(fields, name)).length;
}

/** The language that fits best, or the empty string. */
export function languageOf(message: Message, lists: Lists): string {
  const folded = foldText(`${message.subject}\n${writtenTextOf(message)}`);
  return languagesOf(wordsOf(folded, maxLanguageWords), lists)[0] ?? '';
}
