import { isAligned } from './alignment.ts';
import { parseTagList, signedFieldsOf } from './tag-list.ts';

/** What of a header block is given to the verifier, and what it will ask DNS for. */
export type AdmittedHeader = {
  /** The block with its empty line, less the signatures that are not considered. */
  readonly block: Buffer;
  /** Where the body starts in the received message. */
  readonly receivedBytes: number;
  /** Selector and domain of the considered signatures, aligned ones first. */
  readonly keys: readonly { readonly selector: string; readonly domain: string }[];
  /** Domains of all addresses in From fields, whatever their syntax. */
  readonly authorDomains: readonly string[];
};

/** Header blocks are read up to here. */
export const maxHeaderBytes = 262_144;

// The verifier's time grows with the square of folds and of runs of white space (measured: 60,000 folds, 19 s).
const maxLines = 5000;
const maxBlankRun = 500;

/** Signatures considered per message (RFC 6376 §6.1 lets a verifier limit them); aligned ones go first. */
const maxSignatures = 10;
const maxSignatureLength = 16_384;
const maxSignedFields = 250;

/**
 * Null where the block is too large or too contrived to be verified.
 *
 * @param head the first `maxHeaderBytes` of the message, or all of it
 */
export function admitHeader(head: Buffer, isWholeMessage: boolean): AdmittedHeader | null {
  const receivedBytes = headerLength(head, isWholeMessage);
  if (receivedBytes === null) return null;
  const text = head.toString('latin1', 0, receivedBytes);
  if (isContrived(text)) return null;
  const rows = splitRows(text);
  const authorDomains = rows
    .filter(({ name }) => name === 'from')
    .flatMap(({ text: from }) => domainsIn(from));
  const considered = rows
    .filter(({ name }) => name === 'dkim-signature')
    .flatMap((row) => {
      const tags = readableTags(row.text);
      return tags === null ? [] : [{ row, ...keyOf(tags) }];
    })
    .map((key) => ({
      ...key,
      aligned: authorDomains.some((author) => isAligned(key.domain, author, false)),
    }))
    .sort((left, right) => Number(right.aligned) - Number(left.aligned))
    .slice(0, maxSignatures);
  const kept = new Set(considered.map(({ row }) => row));
  const block = rows.filter(
    (row) =>
      (row.name !== 'dkim-signature' || kept.has(row)) &&
      (row.name !== 'arc-message-signature' || readableTags(row.text) !== null),
  );
  return {
    block:
      block.length === rows.length
        ? head.subarray(0, receivedBytes)
        : Buffer.from(block.map(({ text: row }) => row).join(''), 'latin1'),
    receivedBytes,
    keys: considered.map(({ selector, domain }) => ({ selector, domain })),
    authorDomains,
  };
}

/** Bytes of the header block and its empty line, or null where it does not end in `head`. */
function headerLength(head: Buffer, isWholeMessage: boolean): number | null {
  if (head.subarray(0, 2).toString('latin1') === '\r\n') return 2;
  const end = head.indexOf('\r\n\r\n');
  if (end >= 0) return end + 4;
  return isWholeMessage ? head.length : null;
}

const longBlankRun = new RegExp(`[ \\t\\r\\n]{${maxBlankRun + 1}}`);

function isContrived(text: string): boolean {
  if (longBlankRun.test(text)) return true;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    if (++lines > maxLines) return true;
  return false;
}

type Row = { readonly name: string; readonly text: string };

/**
 * Fields with their line endings. A line belongs to the field above unless it opens one, and the colon may stand on the
 * line after the name: read otherwise than the verifier reads it, a signature would escape the limits.
 */
function splitRows(text: string): readonly Row[] {
  const starts = lineStarts(text);
  const rowStarts: number[] = [];
  let isOpenBelow = true;
  for (let line = starts.length - 1; line > 0; line--) {
    const start = starts[line] ?? 0;
    const end = starts[line + 1] ?? text.length;
    const readTo: number = isOpenBelow ? end : (starts[line + 2] ?? text.length);
    isOpenBelow = opensField(text, start, readTo) || text.slice(start, end) === '\r\n';
    if (isOpenBelow) rowStarts.push(start);
  }
  rowStarts.push(0);
  rowStarts.reverse();
  return rowStarts.map((start, row) => {
    const field = text.slice(start, rowStarts[row + 1] ?? text.length);
    return {
      name: field
        .slice(0, Math.max(0, field.indexOf(':')))
        .trim()
        .toLowerCase(),
      text: field,
    };
  });
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1))
    if (feed + 1 < text.length) starts.push(feed + 1);
  return starts;
}

const nameAndColon = /[!-9;-~]+[ \t\r\n]*:/y;

/** Whether a name and its colon stand there, before `end`. */
function opensField(text: string, start: number, end: number): boolean {
  nameAndColon.lastIndex = start;
  return nameAndColon.test(text) && nameAndColon.lastIndex <= end;
}

/** Null where a field is too long, or names too many others, to be read. */
function readableTags(field: string): ReadonlyMap<string, string> | null {
  if (field.length > maxSignatureLength) return null;
  const tags = parseTagList(field.slice(field.indexOf(':') + 1));
  return signedFieldsOf(tags).length > maxSignedFields ? null : tags;
}

function keyOf(tags: ReadonlyMap<string, string>): {
  readonly selector: string;
  readonly domain: string;
} {
  return { selector: tags.get('s') ?? '', domain: (tags.get('d') ?? '').toLowerCase() };
}

function domainsIn(from: string): readonly string[] {
  return [...from.matchAll(/@([a-z0-9._-]{1,253})/gi)]
    .slice(0, 20)
    .map((match) => (match[1] ?? '').toLowerCase());
}
