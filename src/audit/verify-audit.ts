import { join } from 'node:path';
import { directoryIdOf, readAuditDirectory, type ChainFile } from './audit-files.ts';
import type { AuditHead } from './audit-heads.ts';
import type { AuditLine } from './audit-line.ts';
import { chainFileLines } from './chain-file-lines.ts';
import { createChainCheck, type ChainReport } from './check-chain.ts';
import { commitmentTo } from './commitment.ts';
import { readPersonalValues, type PersonalValues } from './personal-values.ts';

export type VerifyOptions = {
  readonly directory: string;
  /** Read before this is called: a server goes on writing meanwhile. */
  readonly published: readonly AuditHead[];
};

export type AuditReport = {
  readonly chains: readonly ChainReport[];
  /** Writers with a published head and no file: of this directory, or of another node. */
  readonly gone: readonly AuditHead[];
  readonly elsewhere: readonly AuditHead[];
};

const valuesTimeoutMs = 2000;

/**
 * Reads every line of every chain in a directory. Never writes.
 * @throws when a file cannot be read.
 */
export async function verifyAudit({ directory, published }: VerifyOptions): Promise<AuditReport> {
  const { writers, files } = await readAuditDirectory(directory);
  using values = readPersonalValues(directory, valuesTimeoutMs);
  const byWriter = Map.groupBy(published, ({ writer }) => writer);
  const chains: ChainReport[] = [];
  for (const [writer, chain] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const heads = byWriter.get(writer) ?? [];
    chains.push(await verifyChain(directory, chain, { writer, published: heads, values }));
  }
  const ids = new Set(writers.map(directoryIdOf));
  const without = [...byWriter].flatMap(([writer, heads]) =>
    files.has(writer) ? [] : (heads.at(-1) ?? []),
  );
  // Of an empty directory nobody can say whose it was.
  const isOurs = ({ writer }: AuditHead) => ids.size === 0 || ids.has(directoryIdOf(writer));
  return {
    chains,
    gone: without.filter(isOurs),
    elsewhere: without.filter((head) => !isOurs(head)),
  };
}

async function verifyChain(
  directory: string,
  files: readonly ChainFile[],
  {
    writer,
    published,
    values,
  }: { writer: string; published: readonly AuditHead[]; values: PersonalValues | null },
): Promise<ChainReport> {
  const wrongValues = (line: AuditLine) => (values === null ? [] : changedValues(values, line));
  const check = createChainCheck({ writer, published, wrongValues });
  for (const file of files) {
    check.file(file);
    for await (const read of chainFileLines(join(directory, file.name))) check.read(read);
  }
  return check.report();
}

function changedValues(values: PersonalValues, line: AuditLine): readonly string[] {
  if (Object.keys(line.personal).length === 0) return [];
  return values
    .of(line)
    .filter((value) => line.personal[value.name] !== commitmentTo(value))
    .map(({ name }) => name);
}
