import { join } from 'node:path';
import { chainStart, readLine, type AuditLine, type ChainEnd, type TornEnd } from './audit-line.ts';
import { readAuditDirectory, type ChainFile } from './audit-files.ts';
import { chainFileLines } from './chain-file-lines.ts';

/** Where a writer goes on. */
export type ChainPlace = {
  readonly end: ChainEnd;
  /** File to append to, from 1. */
  readonly number: number;
  /** Bytes of it that are part of the chain. */
  readonly sizeBytes: number;
  /** Day (UTC, ISO 8601 date) of its last line; empty where it has none. */
  readonly day: string;
  readonly exists: boolean;
  /** What a crash left, for the next line to tell. */
  readonly torn: readonly TornEnd[];
};

/** Resumable, or why not: what is not merely unfinished is left as it is, for `audit verify` to show. */
export type Resumption =
  | { readonly ok: true; readonly place: ChainPlace }
  | { readonly ok: false; readonly file: string; readonly line: number };

/**
 * Reads the end of a chain. Only what follows the last line feed can be what a dying process left: such a file is never
 * written to again, and the chain goes on in the next one.
 */
export async function resumeChain(directory: string, writer: string): Promise<Resumption> {
  const files = (await readAuditDirectory(directory)).files.get(writer) ?? [];
  const newest = files.at(-1);
  let newestRead: Extract<ChainFileRead, { ok: true }> | null = null;
  let last: AuditLine | null = null;
  const torn: TornEnd[] = [];
  for (const file of files.toReversed()) {
    const read = await readChainFile(directory, file);
    if (!read.ok) return read;
    newestRead ??= read;
    if (read.rest !== null) torn.unshift(read.rest);
    last = read.last;
    if (last !== null) break;
  }
  const end = last === null ? chainStart : { sequence: last.sequence, hash: last.hash };
  const { sizeBytes = 0, rest = null } = newestRead ?? {};
  if (newest === undefined || rest !== null || (sizeBytes > 0 && torn.length > 0)) {
    const number = (newest?.number ?? 0) + 1;
    return { ok: true, place: { end, number, sizeBytes: 0, day: '', exists: false, torn } };
  }
  const day = sizeBytes === 0 || last === null ? '' : last.at.slice(0, 10);
  return { ok: true, place: { end, number: newest.number, sizeBytes, day, exists: true, torn } };
}

type ChainFileRead =
  | {
      readonly ok: true;
      readonly last: AuditLine | null;
      readonly sizeBytes: number;
      readonly rest: TornEnd | null;
    }
  | Extract<Resumption, { ok: false }>;

async function readChainFile(
  directory: string,
  { name, writer }: ChainFile,
): Promise<ChainFileRead> {
  let last: AuditLine | null = null;
  let sizeBytes = 0;
  let rest: TornEnd | null = null;
  for await (const read of chainFileLines(join(directory, name))) {
    if (read.kind === 'rest') {
      rest = read.torn;
      continue;
    }
    const line = readLine(read.bytes);
    const follows =
      line?.writer === writer &&
      (last === null || (line.previous === last.hash && line.sequence === last.sequence + 1));
    if (!follows) return { ok: false, file: name, line: read.number };
    last = line;
    sizeBytes += read.bytes.length + 1;
  }
  return { ok: true, last, sizeBytes, rest };
}
