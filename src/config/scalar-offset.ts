import type { Scalar } from 'yaml';

/**
 * Offset in the file of a character of a scalar's value: block scalars lose their indentation, folded ones their line
 * ends, quoted ones their escapes. Exact for everything but white space.
 */
export function offsetInFile(
  { type, range }: Pick<Scalar, 'type' | 'range'>,
  value: string,
  within: number,
  file: string,
): number {
  if (!range) return 0;
  let at = range[0];
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED')
    at = Math.min(file.indexOf('\n', at) + 1, range[1]);
  else if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') at += 1;
  for (let index = 0; index < within;) {
    const escape = escapeAt(file, at, type);
    if (escape !== null) {
      at += escape.length;
      index += escape.stands;
      continue;
    }
    const isGap = isSpace(file[at]);
    if (isGap && !isSpace(value[index])) at += 1;
    else {
      at += value[index] === '\n' ? lineEnd(file, at) : 1;
      index += 1;
    }
  }
  while (within < value.length && isSpace(file[at]) && !isSpace(value[within])) at += 1;
  return Math.min(at, range[1]);
}

/** Characters up to and with the next line end, where only white space stands before it. */
function lineEnd(file: string, at: number): number {
  const end = file.indexOf('\n', at);
  return end !== -1 && file.slice(at, end).trim() === '' ? end - at + 1 : 1;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}

type Escape = {
  /** In the file. */
  readonly length: number;
  /** Characters of the value that it stands for. */
  readonly stands: number;
};

const hexLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

function escapeAt(file: string, at: number, type: Scalar['type']): Escape | null {
  if (type === 'QUOTE_SINGLE') return file.startsWith("''", at) ? { length: 2, stands: 1 } : null;
  if (type !== 'QUOTE_DOUBLE' || file[at] !== '\\') return null;
  const kind = file[at + 1] ?? '';
  if (kind === '\n' || kind === '\r') return { length: 1 + lineEnd(file, at + 1), stands: 0 };
  const length = hexLengths[kind] ?? 2;
  const code = length === 10 ? Number.parseInt(file.slice(at + 2, at + 10), 16) : 0;
  return { length, stands: code > 0xffff ? 2 : 1 };
}
