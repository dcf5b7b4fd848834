import { realAuditDisk, type AuditDisk, type AuditFile } from '../../src/audit/audit-disk.ts';

/** The real disk, but `before` sees each call by name first, and may throw or kill. */
export function scriptedAuditDisk(before: (step: string) => void): AuditDisk {
  const scripted = (file: AuditFile): AuditFile => ({
    appendFile: async (data) => {
      before('write');
      await file.appendFile(data);
    },
    datasync: async () => {
      before('sync');
      await file.datasync();
    },
    truncate: async (length) => {
      before('truncate');
      await file.truncate(length);
    },
    close: () => file.close(),
  });
  return {
    append: async (path, how) => {
      before(how);
      return scripted(await realAuditDisk.append(path, how));
    },
    syncDirectory: async (path) => {
      before('sync directory');
      await realAuditDisk.syncDirectory(path);
    },
  };
}
