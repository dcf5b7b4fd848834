import { findHeaderBlock } from './header-block.ts';

/** The fields of a message that say how its body is read (RFC 2045 §3), and where the body begins. */
export type ContentFields = {
  /** Name in lower case, and the whole field with its line endings, one character per byte. */
  readonly fields: readonly { readonly name: string; readonly text: string }[];
  readonly bodyStart: number;
};

/** No longer block is taken by the front hop. */
const maxBlockBytes = 256 * 1024;

/**
 * Null where a MIME parser may take the block apart otherwise than this does: bare CR or LF, lines that are no field, no
 * end, more than 256 KiB.
 */
export function contentFieldsOf(bytes: Buffer): ContentFields | null {
  const { length, isTerminated } = findHeaderBlock(bytes);
  if (!isTerminated || length === 0 || length > maxBlockBytes) return null;
  const block = bytes.toString('latin1', 0, length);
  if (/^[ \t]|(?<!\r)\n|\r(?!\n)/.test(block)) return null;
  const fields: { name: string; text: string }[] = [];
  let open: { name: string; text: string } | null = null;
  for (const line of block.slice(0, -2).split('\r\n')) {
    if (!/^[ \t]/.test(line)) {
      const colon = line.indexOf(':');
      if (colon < 0) return null;
      const name = line.slice(0, colon).toLowerCase().trim();
      open = name.startsWith('content-') ? { name, text: '' } : null;
      if (open) fields.push(open);
    }
    if (open) open.text += `${line}\r\n`;
  }
  return { fields, bodyStart: length + 2 };
}
