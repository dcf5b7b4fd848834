import { mkdir } from 'node:fs/promises';
import { createGroupCommit } from '../group-commit.ts';
import { realAuditDisk, type AuditDisk } from './audit-disk.ts';
import type { AuditHead, AuditHeads } from './audit-heads.ts';
import type { ChainEnd } from './audit-line.ts';
import type { AuditLog, AuditRecord } from './audit-log.ts';
import { boundedRecord } from './bounded-record.ts';
import { createChainWriter, type ChainWriter } from './chain-writer.ts';
import { splitPersonal } from './commitment.ts';
import { openPersonalValues, type PersonalValues } from './personal-values.ts';
import { resumeChain } from './resume-chain.ts';
import { lockWriter, type WriterLock } from './writer-lock.ts';

export type AuditOptions = {
  readonly directory: string;
  /** Name of this machine, part of the names of new chains. */
  readonly host: string;
  /** Asked once at the start whether a chain lost its end; null asks nobody. */
  readonly heads: Pick<AuditHeads, 'all'> | null;
  /** A chain of ours was found damaged and is left as it is; another one is begun. */
  readonly onDamaged?: (writer: string, problem: string) => void;
  readonly now?: () => Date;
  readonly disk?: AuditDisk;
  readonly maxFileBytes?: number;
};

export type OpenAuditLog = AuditLog &
  AsyncDisposable & {
    /** Where our chain stands on disk; null before the first record. */
    readonly head: () => AuditHead | null;
  };

/** One commit costs one fsync; more than this many records wait for the next one. */
const batch = { most: 500, capacity: 10_000, waits: 'records wait for the disk' };
const maxFileBytes = 8 * 1024 * 1024;
/** Another process writes or erases; this holds up everything in this one. */
const valuesTimeoutMs = 250;

type Chain = {
  readonly lock: WriterLock;
  readonly writer: ChainWriter;
  readonly values: PersonalValues;
};

/**
 * This process's part of the audit log. Nothing is opened before the first record, and what fails is tried again with
 * the next one: a full disk at the start is no reason not to start.
 */
export function openAudit({
  directory,
  host,
  heads,
  onDamaged = () => undefined,
  now = () => new Date(),
  disk = realAuditDisk,
  maxFileBytes: fileBytes = maxFileBytes,
}: AuditOptions): OpenAuditLog {
  let chain: Chain | null = null;
  let head: AuditHead | null = null;

  const openChain = async (): Promise<Chain> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const published = await publishedEnds(heads);
    const isSound = async (writer: string) => {
      const problem = await problemOf(directory, writer, published.get(writer));
      if (problem !== null) onDamaged(writer, problem);
      return problem === null;
    };
    const lock = await lockWriter(directory, host, isSound);
    try {
      const values = openPersonalValues(directory, valuesTimeoutMs);
      const { writer } = lock;
      return {
        lock,
        values,
        writer: createChainWriter({ directory, writer, disk, maxFileBytes: fileBytes }),
      };
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  };

  const commit = async (records: readonly Stamped[]) => {
    const { lock, writer, values } = (chain ??= await openChain());
    const first = await writer.next();
    const split = records.map(({ record, at }) => splitPersonal(record, at));
    const named = split.map(({ values: kept }, index) => ({
      writer: lock.writer,
      sequence: first + index,
      values: kept,
    }));
    // Before the lines: a value without a line says nothing, a line without its value is a loss.
    values.keep(named);
    const end = await writer.write(split.map(({ entry }) => entry));
    head = { writer: lock.writer, ...end, at: records.at(-1)?.at ?? '' };
  };
  const group = createGroupCommit({ commit, ...batch });

  return {
    append: (record) => group.add({ record: boundedRecord(record), at: now().toISOString() }),
    head: () => head,
    [Symbol.asyncDispose]: async () => {
      await group.settled();
      const open = chain;
      chain = null;
      if (open === null) return;
      await open.writer.close().catch(() => undefined); // all that was acknowledged is synced
      open.values[Symbol.dispose]();
      open.lock[Symbol.dispose]();
    },
  };
}

type Stamped = { readonly record: AuditRecord; readonly at: string };

/** A store that does not answer must not keep a record from being written; `audit verify` asks it again. */
async function publishedEnds(
  heads: Pick<AuditHeads, 'all'> | null,
): Promise<ReadonlyMap<string, ChainEnd>> {
  const all = await heads?.all().catch(() => []);
  return new Map((all ?? []).map((head) => [head.writer, head]));
}

/** Why a chain should not go on, or null. */
async function problemOf(
  directory: string,
  writer: string,
  published: ChainEnd | undefined,
): Promise<string | null> {
  const resumption = await resumeChain(directory, writer);
  if (!resumption.ok) return `${resumption.file}, line ${resumption.line}, was changed`;
  const { end } = resumption.place;
  if (published === undefined || published.sequence < end.sequence) return null;
  if (published.sequence > end.sequence)
    return `it ends at ${end.sequence}, and ${published.sequence} was published`;
  return published.hash === end.hash ? null : 'its last line is not the one that was published';
}
