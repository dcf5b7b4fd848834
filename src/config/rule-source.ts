import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { noSuchFile, readBounded } from './bounded-file.ts';

/** Name relative to the rules directory (`aliases/zoom.yaml`) → bytes. */
export type RuleFiles = ReadonlyMap<string, Buffer>;

/** What the file of popular domains is called in a stored set. */
export const popularDomainsName = 'popularDomainsFile';

/** Where the files of a rule set are read: a directory, or a set that was stored. */
export type RuleSource = {
  /** Names in a folder (empty: the root), or why there are none. */
  readonly list: (folder: string) => Promise<readonly string[] | 'absent' | 'unreadable'>;
  /** The content of a file, or what is wrong, as a sentence. */
  readonly read: (name: string, maxBytes: number) => Promise<Buffer | string>;
  /** Name to read the file of popular domains by; a directory may have it from elsewhere. */
  readonly popularDomains: (named: string) => string;
  /** What a file is called for people; it stays clear where it lies beside the directory. */
  readonly pathOf: (name: string) => string;
};

/** Files as they are on disk now. */
export function directorySource(directory: string): RuleSource {
  const pathOf = (name: string) => {
    if (name === '') return directory;
    return isAbsolute(name) || name.startsWith('..')
      ? resolve(directory, name)
      : join(directory, name);
  };
  return {
    list: (folder) =>
      readdir(pathOf(folder)).catch((error: unknown) =>
        (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable',
      ),
    read: (name, maxBytes) => readBounded(pathOf(name), maxBytes),
    popularDomains: (named) => named,
    pathOf,
  };
}

/** The same with some files as they might be; they are called what they would be called there. */
export function withFiles(source: RuleSource, files: RuleFiles): RuleSource {
  return {
    ...source,
    read: (name, maxBytes) => {
      const bytes = files.get(name);
      if (bytes === undefined) return source.read(name, maxBytes);
      return Promise.resolve(checkedSize(bytes, maxBytes));
    },
  };
}

function checkedSize(bytes: Buffer, maxBytes: number): Buffer | string {
  return bytes.length > maxBytes ? `larger than ${maxBytes} bytes` : bytes;
}

/** Files of a stored set. */
export function storedSource(files: RuleFiles): RuleSource {
  return {
    list: (folder) => {
      const names = [...files.keys()].filter((name) => folderOf(name) === folder);
      return Promise.resolve(
        names.map((name) => name.slice(folder === '' ? 0 : folder.length + 1)),
      );
    },
    read: (name, maxBytes) => {
      const bytes = files.get(name);
      if (bytes === undefined) return Promise.resolve(noSuchFile);
      return Promise.resolve(checkedSize(bytes, maxBytes));
    },
    popularDomains: () => popularDomainsName,
    pathOf: (name) => name,
  };
}

function folderOf(name: string): string {
  const folder = dirname(name);
  return folder === '.' ? '' : folder;
}
