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
    async link(existing, name) {
      before(`link ${nameOf(name)}`);
      await realDisk.link(existing, name);
    },
    async touch(path) {
      before(`touch ${nameOf(path)}`);
      await realDisk.touch(path);
    },
    async unlink(path) {
      before(`unlink ${nameOf(path)}`);
      await realDisk.unlink(path);
    },
  };
}

function nameOf(path: string): string {
  const name = basename(path);
  if (/^[0-9a-f]{64}$/.test(name)) return 'body';
  if (name.endsWith('.tmp')) return /\.(eml|json)\./.exec(name)?.[1] ?? name;
  return /^[0-9a-z]{20}\.(eml|json)$/.exec(name)?.[1] ?? 'directory';
}
