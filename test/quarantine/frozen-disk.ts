import { scriptedDisk } from './scripted-disk.ts';
import type { Disk } from '../../src/quarantine/disk.ts';

export type FrozenDisk = {
  readonly disk: Disk;
  /** Calls so far, by name. */
  readonly steps: readonly string[];
  /** Resolves when the fatal call is reached; from there on nothing happens any more, as after SIGKILL. */
  readonly died: Promise<undefined>;
};

type Opened = Awaited<ReturnType<Disk['open']>>;

/** A disk whose process dies just before the given call: whatever waits for it waits for ever, and nothing cleans up. */
export function frozenDisk(fatalCall: number): FrozenDisk {
  const steps: string[] = [];
  const { promise: died, resolve } = Promise.withResolvers<undefined>();
  const real = scriptedDisk((step) => void steps.push(step));
  const opened = new Set<Opened>();
  const alive = <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (steps.length < fatalCall) return call();
    for (const file of opened) void file.close(); // the system does that when a process dies
    opened.clear();
    resolve(undefined);
    return new Promise<never>(() => undefined);
  };
  const disk: Disk = {
    open: (...path) =>
      alive(async () => {
        const file = await real.open(...path);
        opened.add(file);
        return {
          writeFile: (data) => alive(() => file.writeFile(data)),
          sync: () => alive(() => file.sync()),
          close: async () => {
            if (opened.delete(file)) await file.close();
          },
        };
      }),
    rename: (from, to) => alive(() => real.rename(from, to)),
    link: (existing, name) => alive(() => real.link(existing, name)),
    touch: (path) => alive(() => real.touch(path)),
    unlink: (path) => alive(() => real.unlink(path)),
  };
  return { disk, steps, died };
}
