import { join } from 'node:path';
import type { AuditDisk, AuditFile } from './audit-disk.ts';
import { chainFileName } from './audit-files.ts';
import { renderLine, type AuditEntry, type ChainEnd } from './audit-line.ts';
import { resumeChain, type ChainPlace } from './resume-chain.ts';

export type ChainWriterOptions = {
  readonly directory: string;
  readonly writer: string;
  readonly disk: AuditDisk;
  /** A file that has grown so long is followed by another one. */
  readonly maxFileBytes: number;
};

/** Appends to one chain; one call at a time. */
export type ChainWriter = {
  /** Sequence number that the next entry will get. @throws when the files cannot be read. */
  readonly next: () => Promise<number>;
  /** On disk, all of them, once it resolves. @throws when they are not; none of them is in the chain then. */
  readonly write: (entries: readonly AuditEntry[]) => Promise<ChainEnd>;
  readonly close: () => Promise<void>;
};

/** After a failure that leaves the file in doubt, the next call begins as after a crash. */
export function createChainWriter({
  directory,
  writer,
  disk,
  maxFileBytes,
}: ChainWriterOptions): ChainWriter {
  let place: ChainPlace | null = null;
  let file: AuditFile | null = null;

  const close = async () => {
    const open = file;
    file = null;
    await open?.close();
  };
  const resume = async (): Promise<ChainPlace> => {
    const resumption = await resumeChain(directory, writer);
    if (resumption.ok) return resumption.place;
    throw new Error(`${resumption.file}, line ${resumption.line}: changed; run audit verify`);
  };
  const openFile = async (at: ChainPlace): Promise<AuditFile> => {
    const path = join(directory, chainFileName(writer, at.number));
    const opened = await disk.append(path, at.exists ? 'existing' : 'create');
    // Also where it was there: whoever made it may have died before its name was durable.
    if (at.sizeBytes === 0) await disk.syncDirectory(directory).catch(closing(opened));
    return opened;
  };
  /** What was not acknowledged leaves the file again; where that fails as well, its end is in doubt. */
  const takeBack = async (at: ChainPlace) => {
    const isClean = await (file?.truncate(at.sizeBytes) ?? Promise.reject(new Error('not open')))
      .then(() => file?.datasync())
      .then(
        () => true,
        () => false,
      );
    place = isClean ? { ...at, exists: true } : null;
    await close().catch(() => undefined);
  };

  return {
    close,
    next: async () => {
      place ??= await resume();
      return place.end.sequence + 1;
    },
    write: async (entries) => {
      const before = (place ??= await resume());
      const day = entries[0]?.at.slice(0, 10) ?? before.day;
      const isFull = before.sizeBytes >= maxFileBytes || before.day !== day;
      const at: ChainPlace =
        isFull && before.sizeBytes > 0
          ? { ...before, number: before.number + 1, sizeBytes: 0, exists: false }
          : before;
      const { bytes, end } = render(entries, writer, at);
      if (at !== before) await close();
      place = null;
      try {
        file ??= await openFile(at);
        await file.appendFile(bytes);
        await file.datasync();
      } catch (error) {
        await takeBack(at);
        throw error;
      }
      place = { ...at, end, day, sizeBytes: at.sizeBytes + bytes.length, exists: true, torn: [] };
      return end;
    },
  };
}

function render(entries: readonly AuditEntry[], writer: string, { end, torn }: ChainPlace) {
  let at = end;
  const lines = entries.map((entry, index) => {
    const line = renderLine(entry, { writer, end: at, torn: index === 0 ? torn : [] });
    at = line.end;
    return `${line.text}\n`;
  });
  return { bytes: Buffer.from(lines.join('')), end: at };
}

function closing(file: AuditFile) {
  return async (error: unknown): Promise<never> => {
    await file.close().catch(() => undefined);
    throw error;
  };
}
