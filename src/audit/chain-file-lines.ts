import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { maxLineBytes, sha256, type TornEnd } from './audit-line.ts';

/** A line of a file, or what stands after its last line feed. */
export type FileLine =
  | { readonly kind: 'line'; readonly number: number; readonly bytes: Buffer }
  | { readonly kind: 'rest'; readonly number: number; readonly torn: TornEnd };

/** Reads a file line by line in bounded memory: of a longer line than any of ours only the start is given. */
export async function* chainFileLines(path: string): AsyncGenerator<FileLine> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let number = 1;
  const take = () => {
    const bytes = Buffer.concat(pending);
    [pending, pendingBytes] = [[], 0];
    return bytes;
  };
  const add = (bytes: Buffer) => {
    pendingBytes += bytes.length;
    if (pendingBytes <= 2 * maxLineBytes) pending.push(bytes);
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    let bytes = chunk as Buffer;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      add(bytes.subarray(0, end));
      yield { kind: 'line', number: number++, bytes: take() };
      bytes = bytes.subarray(end + 1);
    }
    add(bytes);
  }
  if (pendingBytes === 0) return;
  const [bytes, rest] = [pendingBytes, take()];
  yield { kind: 'rest', number, torn: { file: basename(path), bytes, sha256: sha256(rest) } };
}
