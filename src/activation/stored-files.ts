import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { RuleFiles } from '../config/rule-source.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Far more than a valid set can have, and a bound for what a damaged store makes us expand. */
const maxExpandedBytes = 256 * 1024 * 1024;

/** Files as one compressed piece: a line of JSON (`[[name, bytes], …]`), then their bytes. */
export async function packFiles(files: RuleFiles): Promise<Buffer> {
  const heads = [...files].map(([name, bytes]) => [name, bytes.length]);
  return compress(Buffer.concat([Buffer.from(`${JSON.stringify(heads)}\n`), ...files.values()]));
}

/** What a store keeps of a set is not what was given to it. */
export class DamagedRules extends Error {
  override readonly name = 'DamagedRules';
}

/** @throws DamagedRules where it is not what `packFiles` made. */
export async function unpackFiles(packed: Uint8Array): Promise<RuleFiles> {
  try {
    return await unpack(packed);
  } catch (error) {
    throw new DamagedRules('the files of a stored rule set are damaged', { cause: error });
  }
}

async function unpack(packed: Uint8Array): Promise<RuleFiles> {
  const bytes = await expand(packed, { maxOutputLength: maxExpandedBytes });
  const end = bytes.indexOf(10);
  const heads = JSON.parse(bytes.toString('utf8', 0, end)) as readonly (readonly [
    name: string,
    length: number,
  ])[];
  const files = new Map<string, Buffer>();
  let from = end + 1;
  for (const [name, length] of heads) {
    files.set(name, bytes.subarray(from, from + length));
    from += length;
  }
  if (from !== bytes.length) throw new Error('bytes are missing, or too many');
  return files;
}
