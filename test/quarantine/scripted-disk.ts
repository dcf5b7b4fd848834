import { basename } from 'node:path';
import { realDisk } from '../../src/quarantine/disk.ts';
import type { Disk } from '../../src/quarantine/disk.ts';

/** The real disk, but `before` sees each call by name (`sync eml`) first, and may throw or kill. */
export function scriptedDisk(before: (step: string) => void): Disk {
  return {
    async open(path, flags, mode) {
      const name = nameOf(path);
      before(`open ${name}`);
      const file = await realDisk.open(path, flags, mode);
      return {
        async writeFile(data) {
          before(`write ${name}`);
          await file.writeFile(data);
        },
        async sync() {
          before(`sync ${name}`);
          await file.sync();
        },
        close: () => file.close(),
      };
    },
    async rename(from, to) {
      before(`rename ${nameOf(to)}`);
      await realDisk.rename(from, to);
    },
    unlink: (path) => realDisk.unlink(path),
  };
}

function nameOf(path: string): string {
  return /^[0-9a-z]{20}\.(eml|json)/.exec(basename(path))?.[1] ?? 'directory';
}
