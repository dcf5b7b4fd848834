import libmime from 'libmime';
import libqp from 'libqp';
import type { ContentFields } from './content-fields.ts';

/** The text of a message, by its kind. */
export type SingleText = { readonly type: 'text/plain' | 'text/html'; readonly text: string };

/**
 * The body of a message that is one text in UTF-8, as most notifications are: mailparser makes the same of it with a
 * stream for each layer, which costs more than all else that is read. Null for every other message, also for one whose
 * fields leave a doubt: that is mailparser's.
 */
export function readSingleText(
  bytes: Buffer,
  { fields, bodyStart }: ContentFields,
): SingleText | null {
  const [type, encoding] = [
    bodyOf('content-type', fields),
    bodyOf('content-transfer-encoding', fields),
  ];
  if (type === null || encoding === null) return null;
  if (fields.some(({ name }) => name === 'content-disposition')) return null;
  const mediaType = unicodeTextOf(type);
  const decode = decoders.get(encoding.trim().toLowerCase());
  if (mediaType === null || decode === undefined) return null;
  const text = decode(bytes.subarray(bodyStart));
  return text && { type: mediaType, text: text.toString().replace(/\r?\n/g, '\n') };
}

/** Empty where there is no such field; null where there are several, or one with more than printable ASCII. */
function bodyOf(wanted: string, fields: ContentFields['fields']): string | null {
  const [field, ...others] = fields.filter(({ name }) => name === wanted);
  if (field === undefined) return '';
  const body = field.text.slice(field.text.indexOf(':') + 1).replace(/\r\n/g, '');
  return others.length > 0 || /[^\t -~]/.test(body) ? null : body;
}

const textTypes = ['text/plain', 'text/html'] as const;

/** The type of a part that UTF-8 decodes, as ASCII does not differ; without a field it is plain text (RFC 2045 §5.2). */
function unicodeTextOf(field: string): SingleText['type'] | null {
  if (field.trim() === '') return field === '' ? 'text/plain' : null;
  const { value, params } = libmime.parseHeaderValue(field);
  const { charset = 'utf-8', ...others } = params;
  if (typeof charset !== 'string' || !/^(?:utf-?8|us-ascii|ascii)$/i.test(charset)) return null;
  // Flowed text is joined again (RFC 3676); a boundary may be heeded where none belongs.
  if ('format' in others || 'boundary' in others) return null;
  const mediaType = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return textTypes.find((known) => known === mediaType) ?? null;
}

/** Null where programs may differ on what the bytes decode to. */
type Decode = (body: Buffer) => Buffer | null;

const asItStands: Decode = (body) => body;

const decoders: ReadonlyMap<string, Decode> = new Map([
  ['', asItStands],
  ['7bit', asItStands],
  ['8bit', asItStands],
  ['quoted-printable', (body) => libqp.decode(body)],
  ['base64', decodeStrictBase64],
]);

function decodeStrictBase64(body: Buffer): Buffer | null {
  const digits = body.toString('latin1').replace(/[\r\n]+/g, '');
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)
    ? Buffer.from(digits, 'base64')
    : null;
}
