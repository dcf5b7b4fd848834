import { parseStructuredField, type StructuredField } from './content-type.ts';

export type TransferEncoding = '7bit' | '8bit' | 'binary' | 'quoted-printable' | 'base64';

const transferEncodings: readonly TransferEncoding[] = [
  '7bit',
  '8bit',
  'binary',
  'quoted-printable',
  'base64',
];

/** A message or a part of one, as its header describes it; positions count in the bytes of the message. */
export type MimeEntity = {
  /** `text/plain` where nothing is said (RFC 2045 §5.2). */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly encoding: TransferEncoding;
  readonly isAttachment: boolean;
  readonly contentId: string;
  /** Where its body begins and ends. */
  readonly start: number;
  readonly end: number;
};

/** What mail programs may read in different ways, or not at all: nothing is inserted there. */
export class MalformedMime extends Error {
  override readonly name = 'MalformedMime';
}

const maxHeaderBytes = 64 * 1024;

/**
 * Reads the header of the entity in `bytes[start, end)`. `fallbackType` is what it is without a Content-Type.
 * @throws MalformedMime
 */
export function readEntity(
  bytes: Buffer,
  [start, end]: readonly [number, number],
  fallbackType = 'text/plain',
): MimeEntity {
  const header = headerOf(bytes, start, end);
  const fields = fieldsOf(header.text);
  const contentType = structured(fields.get('content-type'));
  const disposition = structured(fields.get('content-disposition'));
  return {
    type: contentType?.value ?? fallbackType,
    parameters: contentType?.parameters ?? new Map(),
    encoding: encodingOf(fields.get('content-transfer-encoding')),
    isAttachment: disposition !== null && disposition.value !== 'inline',
    contentId: (fields.get('content-id') ?? '').trim(),
    start: header.end,
    end,
  };
}

/** The header block, and where the body begins behind the empty line. */
function headerOf(bytes: Buffer, start: number, end: number): { text: string; end: number } {
  if (bytes.subarray(start, Math.min(start + 2, end)).equals(Buffer.from('\r\n')))
    return { text: '', end: start + 2 };
  const found = bytes.indexOf('\r\n\r\n', start);
  if (found < 0 || found + 4 > end) throw new MalformedMime('a part without an empty line');
  if (start > 0 && found - start > maxHeaderBytes) throw new MalformedMime('a very long header');
  return { text: bytes.toString('latin1', start, found), end: found + 4 };
}

const wanted = /^(?:content-(?:type|disposition|transfer-encoding|id))$/;

function fieldsOf(header: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (header === '') return fields;
  for (const line of header.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const match = /^([!-9;-~]+)[ \t]*:/.exec(line);
    // Some programs end the header at such a line, others skip it.
    if (match === null) throw new MalformedMime('a header line that is no field');
    const name = (match[1] ?? '').toLowerCase();
    if (!wanted.test(name)) continue;
    if (fields.has(name)) throw new MalformedMime(`${name} stands twice`);
    fields.set(name, line.slice(match[0].length));
  }
  return fields;
}

function structured(body: string | undefined): StructuredField | null {
  if (body === undefined) return null;
  const field = parseStructuredField(body);
  if (field === null) throw new MalformedMime('a field with two readings');
  return field;
}

function encodingOf(body: string | undefined): TransferEncoding {
  if (body === undefined) return '7bit';
  const given = body.trim().toLowerCase();
  const known = transferEncodings.find((encoding) => encoding === given);
  if (known === undefined) throw new MalformedMime('an unknown transfer encoding');
  return known;
}
