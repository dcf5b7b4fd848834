import { MalformedMime } from './mime-entity.ts';

const maxParts = 200;
const dash = 0x2d;

type Region = readonly [start: number, end: number];

/**
 * Positions of the parts between the delimiters of one multipart body (RFC 2046 §5.1.1). `isCut` says that the message
 * goes on behind `end`: then the last part reaches to there.
 * @throws MalformedMime when the closing delimiter is missing, or a line only begins like a delimiter.
 */
export function partsOf(
  bytes: Buffer,
  [start, end]: Region,
  { boundary, isCut }: { readonly boundary: string; readonly isCut: boolean },
): readonly Region[] {
  if (!/^[ -~]{1,200}$/.test(boundary) || boundary.endsWith(' '))
    throw new MalformedMime('a boundary that is none');
  const parts: Region[] = [];
  let partStart = -1;
  for (const delimiter of delimiters(bytes, [start, end], Buffer.from(`--${boundary}`))) {
    if (partStart >= 0) parts.push([partStart, Math.max(partStart, delimiter.at - 2)]);
    if (delimiter.isLast) return parts.length > 0 ? parts : none('no part');
    if (parts.length >= maxParts) none('too many parts');
    partStart = delimiter.next;
  }
  if (!isCut || partStart < 0) none('no closing delimiter');
  return [...parts, [partStart, end]];
}

function none(reason: string): never {
  throw new MalformedMime(reason);
}

type Delimiter = { readonly at: number; readonly next: number; readonly isLast: boolean };

function* delimiters(bytes: Buffer, [start, end]: Region, marker: Buffer): Generator<Delimiter> {
  for (let from = start; ;) {
    const at = bytes.indexOf(marker, from);
    if (at < 0 || at + marker.length > end) return;
    from = at + marker.length;
    if (at > start && (bytes[at - 2] !== 0x0d || bytes[at - 1] !== 0x0a)) continue;
    const isLast = bytes[from] === dash && bytes[from + 1] === dash && from + 2 <= end;
    const lineEnd = endOfLine(bytes, isLast ? from + 2 : from, end);
    yield { at, next: lineEnd, isLast };
    from = lineEnd;
  }
}

/** Behind the white space and the CRLF that may follow a delimiter. */
function endOfLine(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  if (at >= end) return end;
  // RFC 2046 wants a prefix compared, many programs the whole line.
  if (bytes[at] !== 0x0d) throw new MalformedMime('a line that begins like a delimiter');
  return Math.min(at + 2, end);
}
