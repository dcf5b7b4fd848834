import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';

/** Bounds what processes may take together; disposing, once they have ended, removes the bound. */
export type ProcessorShare = AsyncDisposable & {
  /** A command line whose process and its children are bound by it. */
  readonly bound: (command: readonly [string, ...string[]]) => [string, ...string[]];
};

/** Long beside the 5 ms that the kernel gives to one processor at a time: else it would be lost on whichever woke last. */
const periodMicroseconds = 100_000;

const members = 'cgroup.procs';

/** `share` of one processor: 0.5 is half of one. Null where Linux has no control group for us: no root, or in a container. */
export function openProcessorShare(name: string, share: number): ProcessorShare | null {
  const quota = Math.round(share * periodMicroseconds);
  for (const { parent, limits } of [version2(quota), version1(quota)]) {
    const folder = join(parent, `aliaswatch-bench-${process.pid}-${name}`);
    if (!existsSync(join(parent, members))) continue; // another file system
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    const group: ProcessorShare = {
      bound: (command) => [
        ...(['sh', '-c', `echo $$ > "$0/${members}" && exec "$@"`, folder] as const),
        ...command,
      ],
      [Symbol.asyncDispose]: () => removeOnceEmpty(folder),
    };
    try {
      for (const [file, text] of limits) writeFileSync(join(folder, file), text);
      return group;
    } catch {
      rmdirSync(folder);
    }
  }
  return null;
}

/** The last of its processes may be gone a moment later than the one that was waited for. */
async function removeOnceEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(async () => {
    await delay(1000);
    await rmdir(folder);
  });
}

type Controller = {
  readonly parent: string;
  readonly limits: readonly (readonly [file: string, text: string])[];
};

/** https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files */
function version2(quota: number): Controller {
  return { parent: '/sys/fs/cgroup', limits: [['cpu.max', `${quota} ${periodMicroseconds}`]] };
}

/** https://docs.kernel.org/scheduler/sched-bwc.html */
function version1(quota: number): Controller {
  return {
    parent: '/sys/fs/cgroup/cpu',
    limits: [
      ['cpu.cfs_period_us', `${periodMicroseconds}`],
      ['cpu.cfs_quota_us', `${quota}`],
    ],
  };
}
