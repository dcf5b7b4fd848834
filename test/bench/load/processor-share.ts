import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bounds what processes may take together; disposing, once they have ended, removes the bound. */
export type ProcessorShare = Disposable & {
  /** A command line whose process and its children are bound by it. */
  readonly bound: (command: readonly [string, ...string[]]) => [string, ...string[]];
};

/** Short, so that a process is stopped often and not for long. */
const periodMicroseconds = 10_000;

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
      [Symbol.dispose]: () => rmdirSync(folder),
    };
    try {
      for (const [file, text] of limits) writeFileSync(join(folder, file), text);
      return group;
    } catch {
      group[Symbol.dispose]();
    }
  }
  return null;
}

type Controller = {
  readonly parent: string;
  readonly limits: readonly (readonly [file: string, text: string])[];
};

/** https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files */
function version2(quota: number): Controller {
  const parent = '/sys/fs/cgroup';
  const children = join(parent, 'cgroup.subtree_control');
  try {
    if (existsSync(children) && !/\bcpu\b/.test(readFileSync(children, 'utf8')))
      writeFileSync(children, '+cpu');
  } catch {
    // Version 1, or not ours to say; then the limit cannot be written either.
  }
  return { parent, limits: [['cpu.max', `${quota} ${periodMicroseconds}`]] };
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
