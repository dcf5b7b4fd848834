import { collapseSpace } from '../message/collapse-space.ts';
import { decodeWords } from '../message/header-block.ts';
import { insertion, type ContentEdit } from './content-edits.ts';
import { encodeWords } from './encoded-words.ts';

/** RFC 5322 §2.1.1. */
const maxLineColumns = 78;

/** What answers and forwards put before a subject, in the languages of our users. */
const replyPrefixes =
  /^(?:(?:re|aw|antw|sv|ref|rif|res|odp|fwd?|wg|tr|rv|enc|pd|i|doorst)\s*(?:\[\d+\])?\s*:\s*)+/i;

/**
 * Puts `tag` in front of the text of every Subject field: where there are several, programs differ on which they show.
 * All other bytes stay. A subject that begins with the tag (behind `Re:` or not) is left alone; a message without
 * Subject gets one. `tag` may be any text; what is not ASCII becomes encoded words (RFC 2047).
 */
export function subjectTagEdits(headerBlock: Buffer, tag: string): readonly ContentEdit[] {
  const block = headerBlock.toString('latin1');
  const subjects = [...block.matchAll(/(?<=^|\r\n)subject[ \t]*:(?:[^\r]|\r(?!\n(?![ \t])))*/gi)];
  if (subjects.length === 0)
    return [insertion(0, Buffer.from(`Subject: ${fold(encodeWords(tag), 9).text}\r\n`))];
  return subjects.flatMap((match) => {
    const name = match[0].slice(0, match[0].indexOf(':') + 1);
    const body = match[0].slice(name.length);
    if (isTagged(body, tag)) return [];
    return [tagBody(match.index + name.length, { body, nameColumns: name.length, tag })];
  });
}

function isTagged(body: string, tag: string): boolean {
  const readable = (raw: string) => collapseSpace(decodeWords(raw.replace(/\r\n/g, '')));
  const subject = readable(Buffer.from(body, 'latin1').toString('utf8'));
  const wanted = readable(encodeWords(tag)).toLowerCase();
  return [subject, subject.replace(replyPrefixes, '')].some((text) =>
    text.toLowerCase().startsWith(wanted),
  );
}

type Subject = { readonly body: string; readonly nameColumns: number; readonly tag: string };

function tagBody(bodyAt: number, { body, nameColumns, tag }: Subject): ContentEdit {
  const blanks = /^[ \t]*/.exec(body)?.[0].length ?? 0;
  const rest = body.slice(blanks);
  const encoded = encodeWords(tag);
  // White space between two encoded words is not displayed (RFC 2047 §6.2): one between them carries it.
  const isSwallowed = encoded.endsWith('?=') && /^(?:\r\n[ \t]+)*=\?/.test(rest);
  const shown = isSwallowed ? `${encoded} =?utf-8?q?_?=` : encoded;
  const before = blanks === 0 ? ' ' : '';
  const { text, columns } = fold(shown, nameColumns + blanks + before.length);
  if (rest === '' || rest.startsWith('\r\n'))
    return insertion(bodyAt + blanks, Buffer.from(before + text));
  const line = rest.split('\r\n', 1)[0] ?? '';
  const gap = columns + 1 + line.length > maxLineColumns ? '\r\n ' : ' ';
  return insertion(bodyAt + blanks, Buffer.from(before + text + gap));
}

/** Words behind `columns` columns, and where the last line ends. */
function fold(words: string, columns: number): { readonly text: string; readonly columns: number } {
  let text = '';
  let at = columns;
  for (const word of words.split(' ')) {
    const isFirst = text === '';
    const isTooLong = !isFirst && at + 1 + word.length > maxLineColumns;
    text += isFirst ? word : isTooLong ? `\r\n ${word}` : ` ${word}`;
    at = (isTooLong ? 0 : at) + (isFirst ? 0 : 1) + word.length;
  }
  return { text, columns: at };
}
