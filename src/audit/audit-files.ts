import { readdir } from 'node:fs/promises';

/** One file of one writer's chain. */
export type ChainFile = {
  readonly name: string;
  readonly writer: string;
  /** From 1; the chain goes on from file to file. */
  readonly number: number;
};

const writerForm = '[a-z0-9-]{1,40}-[0-9a-f]{8}-[1-9][0-9]{0,3}';
const filePattern = new RegExp(`^(${writerForm})\\.([0-9]{6})\\.jsonl$`);
const lockPattern = new RegExp(`^(${writerForm})\\.lock$`);

export function chainFileName(writer: string, number: number): string {
  return `${writer}.${String(number).padStart(6, '0')}.jsonl`;
}

export function lockFileName(writer: string): string {
  return `${writer}.lock`;
}

/** Who writes: host name and directory for people, so that nodes sharing a store cannot be confused; a number per process. */
export function writerName(host: string, directoryId: string, number: number): string {
  const slug = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${slug.replace(/^-|-$/g, '') || 'host'}-${directoryId}-${number}`;
}

/** The part of a writer's name that all writers of one directory share. */
export function directoryIdOf(writer: string): string {
  return /-([0-9a-f]{8})-\d+$/.exec(writer)?.[1] ?? '';
}

export type AuditDirectory = {
  /** Sorted by name. */
  readonly writers: readonly string[];
  /** By writer, in the order of the chain. */
  readonly files: ReadonlyMap<string, readonly ChainFile[]>;
};

/** What is in the directory, where nothing is there: empty. */
export async function readAuditDirectory(directory: string): Promise<AuditDirectory> {
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const files = names
    .flatMap((name): ChainFile[] => {
      const [, writer, number] = filePattern.exec(name) ?? [];
      return writer === undefined ? [] : [{ name, writer, number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number);
  const locks = names.flatMap((name) => lockPattern.exec(name)?.[1] ?? []);
  const writers = [...new Set([...files.map(({ writer }) => writer), ...locks])].sort();
  return { writers, files: Map.groupBy(files, ({ writer }) => writer) };
}
