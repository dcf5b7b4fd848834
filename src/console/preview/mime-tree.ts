import libmime from 'libmime';
import {
  decodeWords,
  fieldBodies,
  findHeaderBlock,
  parseHeaderBlock,
} from '../../message/header-block.ts';

/** One part of a message as its own header fields call it: hostile text, nothing decoded but names. */
export type MimePart = {
  readonly contentType: string;
  readonly charset: string;
  readonly encoding: string;
  readonly disposition: string;
  readonly filename: string;
  /** Bytes as they were sent, header fields of the part included. */
  readonly sizeBytes: number;
  readonly parts: readonly MimePart[];
};

export type MimeTree = {
  readonly root: MimePart;
  /** Parts that were not looked into: too many, or too deep. */
  readonly isCut: boolean;
};

const limits = { parts: 200, depth: 12, name: 200, boundary: 200 };

/** The MIME structure of a message (RFC 2046 §5.1), at most 200 parts, 12 levels deep. */
export function mimeTreeOf(bytes: Buffer): MimeTree {
  const budget = { parts: limits.parts, isCut: false };
  return { root: partOf(bytes, budget, 0), isCut: budget.isCut };
}

type Budget = { parts: number; isCut: boolean };

function partOf(bytes: Buffer, budget: Budget, depth: number): MimePart {
  budget.parts--;
  const fields = parseHeaderBlock(bytes.subarray(0, 65_536));
  const first = (name: string) => fieldBodies(fields, name)[0] ?? '';
  const type = valueOf(first('content-type'));
  const disposition = valueOf(first('content-disposition'));
  const contentType = type.value.toLowerCase() || 'text/plain';
  const boundary = type.params['boundary'] ?? '';
  const isMultipart = contentType.startsWith('multipart/') && boundary !== '';
  return {
    contentType: contentType.slice(0, limits.name),
    charset: (type.params['charset'] ?? '').slice(0, limits.name),
    encoding: first('content-transfer-encoding').slice(0, limits.name),
    disposition: disposition.value.slice(0, limits.name),
    filename: decodeWords(disposition.params['filename'] ?? type.params['name'] ?? '').slice(
      0,
      limits.name,
    ),
    sizeBytes: bytes.length,
    parts: isMultipart ? partsOf(bytes, boundary.slice(0, limits.boundary), budget, depth) : [],
  };
}

function partsOf(
  bytes: Buffer,
  boundary: string,
  budget: Budget,
  depth: number,
): readonly MimePart[] {
  if (depth >= limits.depth) {
    budget.isCut = true;
    return [];
  }
  const parts: MimePart[] = [];
  const body = bytes.subarray(findHeaderBlock(bytes).length);
  for (const range of rangesOf(body, boundary)) {
    if (budget.parts <= 0) {
      budget.isCut = true;
      break;
    }
    parts.push(partOf(range, budget, depth + 1));
  }
  return parts;
}

/** What stands between the delimiter lines: the boundary, `--` after the last part, and nothing but white space. */
function* rangesOf(body: Buffer, boundary: string): Generator<Buffer> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'utf8');
  let start = -1;
  for (let at = body.indexOf(delimiter); at >= 0;) {
    const after = at + delimiter.length;
    const end = body.indexOf('\r\n', after);
    const line = end < 0 ? body.length : end;
    // Parts in parts often have boundaries that begin with the one around them.
    const found = /^(?<last>--)?[ \t]*$/.exec(body.toString('latin1', after, line));
    if (found !== null) {
      if (start >= 0) yield body.subarray(start, at);
      if (found.groups?.['last'] !== undefined || end < 0) return;
      start = line + 2;
    }
    at = body.indexOf(delimiter, line);
  }
  if (start >= 0) yield body.subarray(start);
}

function valueOf(body: string): {
  readonly value: string;
  readonly params: Readonly<Record<string, string | undefined>>;
} {
  try {
    const { value, params } = libmime.parseHeaderValue(body);
    const strings = Object.entries(params).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, text] as const] : [],
    );
    return {
      value: typeof value === 'string' ? value : '',
      params: Object.fromEntries(strings),
    };
  } catch {
    return { value: '', params: {} }; // a field that names nothing
  }
}
