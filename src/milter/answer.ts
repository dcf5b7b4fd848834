import type { Reply } from '../smtp/reply.ts';
import { encodePacket } from './packet.ts';

/** Libmilter's own bound for what replaces a body. */
export const maxBodyChunkBytes = 65_535;

/** A header field as a milter names it: lines of the value are parted by LF. */
export type MilterField = { readonly name: string; readonly value: string };

/** Go on; at the end of a message: take it, with what was changed. */
export const goOn = encodePacket('c');

/**
 * The client gets this reply to its command, or to its message. `%` is doubled: mail servers take the text for a format.
 */
export function replyWith({ code, enhancedCode, lines }: Reply): Buffer {
  const said = lines.map((line, index) => {
    const mark = index < lines.length - 1 ? '-' : ' ';
    const status = enhancedCode === null ? '' : `${enhancedCode} `;
    return `${code}${mark}${status}${oneLine(line).replaceAll('%', '%%')}`;
  });
  return encodePacket('y', terminated(said.join('\r\n')));
}

/** On top of all fields, also of the `Received` that the mail server writes itself. */
export function insertOnTop({ name, value }: MilterField): Buffer {
  return encodePacket('i', number(0), terminated(name), terminated(value));
}

export function addField({ name, value }: MilterField): Buffer {
  return encodePacket('h', terminated(name), terminated(value));
}

/** `index` counts, from 1, the fields of this name; an empty value removes the field. */
export function changeField(index: number, { name, value }: MilterField): Buffer {
  return encodePacket('m', number(index), terminated(name), terminated(value));
}

/** The mail server holds the message in a queue of its own. */
export function quarantine(reason: string): Buffer {
  return encodePacket('q', terminated(oneLine(reason).slice(0, 200)));
}

/** The first of them replaces the body, the others add to it; at most `maxBodyChunkBytes`. */
export function replaceBody(chunk: Buffer): Buffer {
  return encodePacket('b', chunk);
}

function oneLine(text: string): string {
  return text.replace(/[^ -~]+/g, ' ').trim();
}

/** Latin-1, because header values are bytes. */
function terminated(text: string): Buffer {
  return Buffer.from(`${text.replaceAll('\0', '')}\0`, 'latin1');
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
