import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

export type AuditFile = Pick<FileHandle, 'appendFile' | 'datasync' | 'truncate' | 'close'>;

/** The file calls that durability depends on; a test replaces them to fail or die at any one of them. */
export type AuditDisk = {
  /** For appending; `create` refuses a file that is there. */
  append(path: string, how: 'create' | 'existing'): Promise<AuditFile>;
  /** A new name lasts once its directory is synced (fsync(2)). */
  syncDirectory(path: string): Promise<void>;
};

export const realAuditDisk: AuditDisk = {
  append: (path, how) => open(path, how === 'create' ? 'ax' : 'a', 0o600),
  async syncDirectory(path) {
    await using directory = await open(path, 'r');
    await directory.sync();
  },
};
