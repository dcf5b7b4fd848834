import { parseAuthservId } from '../authentication/authserv-id.ts';

const lineFeed = 0x0a;
const space = 0x20;
const tab = 0x09;

/**
 * The header block without fields only we may write: `Authentication-Results` with our authserv-id (RFC 8601 §5) and
 * `X-Aliaswatch-*`. Every other byte is unchanged, and it is the same Buffer when there is nothing to remove.
 *
 * Continuation lines before the first field go too: they belong to no field, but below our own fields they would
 * continue the last of these.
 */
export function removeForgedFields(headerBlock: Buffer, authservId: string): Buffer {
  if (!isContinuation(headerBlock[0]) && !mayBeOurs.test(headerBlock.toString('latin1')))
    return headerBlock;
  const fields = splitFields(headerBlock);
  const kept = fields.filter(
    (field) =>
      !isContinuation(field[0]) && !isOurs(field.toString('utf8'), authservId.toLowerCase()),
  );
  return kept.length === fields.length ? headerBlock : Buffer.concat(kept);
}

/** How a field of ours begins; of most mail no line does, and nothing else has to be looked at. */
const mayBeOurs = /^(?:x-aliaswatch-|authentication-results)/im;

/** Each field with its continuation lines and line endings; lines that are no field likewise. */
function splitFields(block: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let start = 0;
  let lineEnd = 0;
  while (lineEnd < block.length) {
    const feed = block.indexOf(lineFeed, lineEnd);
    lineEnd = feed < 0 ? block.length : feed + 1;
    if (lineEnd < block.length && isContinuation(block[lineEnd])) continue;
    fields.push(block.subarray(start, lineEnd));
    start = lineEnd;
  }
  return fields;
}

function isContinuation(firstByte: number | undefined): boolean {
  return firstByte === space || firstByte === tab;
}

function isOurs(field: string, authservId: string): boolean {
  const colon = field.indexOf(':');
  if (colon < 0) return false;
  // Lenient readers accept white space, even a fold, before the colon (RFC 5322 §4.5).
  const name = field.slice(0, colon).trimEnd().toLowerCase();
  if (name.startsWith('x-aliaswatch-')) return true;
  if (name !== 'authentication-results') return false;
  const body = field.slice(colon + 1);
  const claimed = parseAuthservId(body);
  // A field that cannot be parsed and still mentions us is written for a reader more lenient than ours.
  return claimed === null
    ? body.toLowerCase().includes(authservId)
    : claimed.toLowerCase() === authservId;
}
