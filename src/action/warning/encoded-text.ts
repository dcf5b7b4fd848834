import { insertion, type ContentEdit } from '../content-edits.ts';
import { MalformedMime, type MimeEntity, type TransferEncoding } from './mime-entity.ts';

/** The start of a text part, decoded, and how to put text into it. */
export type EncodedText = {
  readonly decoded: Buffer;
  /**
   * Puts lines of text at `offset` of `decoded`, as lines of their own. `fill` is one byte that may be repeated in
   * front of them: base64 comes in threes. Bytes around them decode to what they decoded to.
   */
  insert(offset: number, lines: Buffer, fill: string): ContentEdit;
};

/** So much of a part is decoded; a reader's program shows no text before the place for a banner that is further down. */
const maxEncodedBytes = 256 * 1024;
const lineColumns = 76;

/** @throws MalformedMime where programs may differ on what the bytes decode to. */
export function decodeText(bytes: Buffer, { encoding, start, end }: MimeEntity): EncodedText {
  const window = bytes.subarray(start, Math.min(end, start + maxEncodedBytes));
  return decoders[encoding](window, start);
}

type Decoder = (window: Buffer, start: number) => EncodedText;

const decoders: Readonly<Record<TransferEncoding, Decoder>> = {
  '7bit': identity,
  '8bit': identity,
  binary: identity,
  'quoted-printable': quotedPrintable,
  base64,
};

function identity(window: Buffer, start: number): EncodedText {
  return {
    decoded: window,
    insert: (offset, lines) => insertion(start + offset, setApart(window, offset, lines, '\r\n')),
  };
}

/**
 * What follows never becomes a line of its own: it could be a delimiter then. A space keeps it from that, where the
 * text allows one: only HTML is entered in the middle of a line.
 */
function setApart(window: Buffer, offset: number, lines: Buffer, lineBreak: string): Buffer {
  const isAtLineStart = offset === 0 || window[offset - 1] === 0x0a;
  if (isAtLineStart) return lines;
  return Buffer.concat([Buffer.from(lineBreak), lines, Buffer.from(' ')]);
}

function quotedPrintable(window: Buffer, start: number): EncodedText {
  const { decoded, positions, end } = decodeQuotedPrintable(window);
  return {
    decoded,
    insert: (offset, lines) => {
      const after = positions[offset] ?? end;
      // At the end of a line there may be no column left for a soft break.
      const at = window[after] === 0x0d ? Math.min(after + 2, window.length) : after;
      return insertion(
        start + at,
        setApart(window, at, Buffer.from(encodeQuotedPrintable(lines)), '=\r\n'),
      );
    },
  };
}

type DecodedWithPositions = {
  readonly decoded: Buffer;
  /** Where in the encoded bytes each decoded byte begins. */
  readonly positions: Uint32Array;
  /** Where the encoded bytes end that could be decoded. */
  readonly end: number;
};

function decodeQuotedPrintable(window: Buffer): DecodedWithPositions {
  const decoded = Buffer.alloc(window.length);
  const positions = new Uint32Array(window.length);
  let length = 0;
  let at = 0;
  const put = (byte: number, width: number) => {
    decoded[length] = byte;
    positions[length++] = at;
    at += width;
  };
  while (at < window.length) {
    const byte = window[at] ?? 0;
    if (byte !== 0x3d) {
      put(byte, 1);
      continue;
    }
    const next = window.toString('latin1', at + 1, at + 3);
    if (/^[0-9a-f]{2}$/i.test(next)) {
      put(Number.parseInt(next, 16), 3);
      continue;
    }
    if (at + 3 > window.length) break; // cut off in the middle of it
    const softBreak = /^=[ \t]*\r\n/.exec(window.toString('latin1', at, at + lineColumns));
    if (!softBreak) throw new MalformedMime('an equals sign that encodes nothing');
    at += softBreak[0].length;
  }
  return {
    decoded: decoded.subarray(0, length),
    positions: positions.subarray(0, length),
    end: at,
  };
}

/** RFC 2045 §6.7; line breaks of the text stay line breaks. */
function encodeQuotedPrintable(lines: Buffer): string {
  return lines.toString('latin1').split('\r\n').map(encodeLine).join('\r\n');
}

function encodeLine(line: string): string {
  let text = '';
  let columns = 0;
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    const isLast = index === line.length - 1;
    const isPlain = /[!-<>-~]/.test(character) || (character === ' ' && !isLast);
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    const encoded = isPlain ? character : `=${code}`;
    if (columns + encoded.length >= lineColumns) {
      text += '=\r\n';
      columns = 0;
    }
    text += encoded;
    columns += encoded.length;
  }
  return text;
}

function base64(window: Buffer, start: number): EncodedText {
  const { digits, positions, end: endOfDigits } = base64Digits(window);
  const decoded = Buffer.from(digits, 'base64');
  return {
    decoded,
    insert: (offset, lines, fill) => {
      const group = Math.floor(offset / 3);
      const at = positions[group * 4] ?? endOfDigits;
      const isBetween = offset % 3 === 0;
      const end = isBetween ? at : (positions[group * 4 + 4] ?? endOfDigits);
      const before = decoded.subarray(group * 3, offset);
      const after = isBetween ? Buffer.alloc(0) : decoded.subarray(offset, group * 3 + 3);
      const length = before.length + lines.length + after.length;
      const filling = Buffer.from(fill.repeat((3 - (length % 3)) % 3));
      const text = Buffer.concat([before, filling, lines, after]).toString('base64');
      const wrapped = (text.match(/.{1,76}/g) ?? []).map((line) => `${line}\r\n`).join('');
      const lead = at === 0 || window[at - 1] === 0x0a ? '' : '\r\n';
      return { at: start + at, removedBytes: end - at, insert: Buffer.from(lead + wrapped) };
    },
  };
}

type Base64Digits = {
  readonly digits: string;
  /** Where each digit stands. */
  readonly positions: Uint32Array;
  /** Where the digits and their padding end. */
  readonly end: number;
};

/** Strict: at what is no digit some programs end the text and others do not. */
function base64Digits(window: Buffer): Base64Digits {
  const text = window.toString('latin1');
  const body = /^[A-Za-z0-9+/ \t\r\n]*/.exec(text)?.[0] ?? '';
  const isPadded = body.length < text.length;
  if (!/^(?:=[ \t\r\n]*){0,2}$/.test(text.slice(body.length)))
    throw new MalformedMime('base64 with foreign characters');
  const positions = new Uint32Array(body.length);
  let digits = '';
  for (let at = 0; at < body.length; at++) {
    const digit = body[at] ?? '';
    if (/[ \t\r\n]/.test(digit)) continue;
    positions[digits.length] = at;
    digits += digit;
  }
  if (isPadded || digits.length % 4 === 0)
    return { digits, positions: positions.subarray(0, digits.length), end: text.length };
  // Cut off inside a group, or never finished: the group stays as it is.
  const whole = digits.length - (digits.length % 4);
  return {
    digits: digits.slice(0, whole),
    positions: positions.subarray(0, whole),
    end: positions[whole] ?? text.length,
  };
}
