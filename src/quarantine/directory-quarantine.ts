import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bodiesFolder } from './body-file.ts';
import { directoryStore } from './directory-store.ts';
import { createDirectory } from './directory.ts';
import { realDisk, type Disk } from './disk.ts';
import { sweepLeftovers } from './leftovers.ts';
import { asQuarantineError } from './quarantine-error.ts';
import {
  storedQuarantine,
  type StoredQuarantine,
  type StoredQuarantineOptions,
} from './stored-quarantine.ts';

export type QuarantineOptions = StoredQuarantineOptions & {
  /** False for a reader: a directory that is not there is then `missing`, and nothing is created or swept. */
  readonly create?: boolean;
  readonly disk?: Disk;
};

/** Held mail in a directory. @throws QuarantineError, as every method does. */
export async function openQuarantine(
  directory: string,
  { create = true, disk = realDisk, ...options }: QuarantineOptions = {},
): Promise<StoredQuarantine> {
  try {
    if (create) {
      await createDirectory(disk, resolve(directory));
      await mkdir(join(directory, bodiesFolder), { recursive: true, mode: 0o700 });
      await sweepLeftovers(directory);
    } else await access(directory);
    return storedQuarantine(await directoryStore(directory, { disk, create }), options);
  } catch (error) {
    throw asQuarantineError(error, `open the quarantine ${directory}`);
  }
}
