import libmime from 'libmime';

/** One header field: `name` in lower case, `body` unfolded and still encoded, 8-bit bytes read as UTF-8. */
export type HeaderField = { readonly name: string; readonly body: string };

/** Where the header block of a message ends. */
export type HeaderBlockEnd = {
  /** Bytes of the header fields with their line endings, without the empty line. */
  readonly length: number;
  /** False when `prefix` holds no empty line: the message has no body, or the block is longer than the prefix. */
  readonly isTerminated: boolean;
};

/**
 * The block ends at the first empty line (RFC 5322 §2.1) and nowhere else: a line that is no field does not end it,
 * because mail programs differ on whether it does, and what may be a field to one of them is treated as one.
 */
export function findHeaderBlock(prefix: Buffer): HeaderBlockEnd {
  if (prefix.subarray(0, 2).equals(Buffer.from('\r\n'))) return { length: 0, isTerminated: true };
  const end = prefix.indexOf('\r\n\r\n');
  return end < 0
    ? { length: prefix.length, isTerminated: false }
    : { length: end + 2, isTerminated: true };
}

const maxFields = 2000;
const maxBodyLength = 16_384;

/**
 * Splits the header block of a message, top to bottom. Lines that are no field are skipped; the block ends at the first
 * empty line or at the end of `head`. Bounded: 2,000 fields of 16 KiB.
 */
export function parseHeaderBlock(head: Buffer): readonly HeaderField[] {
  const block = head.subarray(0, findHeaderBlock(head).length).toString('utf8');
  const fields: { name: string; body: string }[] = [];
  for (const line of block.split('\r\n')) {
    const previous = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      // RFC 5322 §2.2.3: unfolding removes the CRLF, the white space stays.
      if (previous && previous.body.length < maxBodyLength) previous.body += line;
      continue;
    }
    const match = /^([!-9;-~]+)[ \t]*:/.exec(line); // RFC 5322 §4.5 allows white space before the colon
    if (!match || fields.length >= maxFields) continue;
    fields.push({
      name: (match[1] ?? '').toLowerCase(),
      body: line.slice(match[0].length, maxBodyLength).trim(),
    });
  }
  return fields;
}

export function fieldBodies(fields: readonly HeaderField[], name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map((field) => field.body);
}

/** Body of the first such field with its encoded words decoded (RFC 2047), or the empty string. */
export function decodedField(fields: readonly HeaderField[], name: string): string {
  return decodeWords(fieldBodies(fields, name)[0] ?? '');
}

export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  try {
    return libmime.decodeWords(text);
  } catch {
    return text; // a broken encoded word is shown as it stands
  }
}
