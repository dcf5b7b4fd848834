import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { LoadResult } from './load-client.ts';

export type Load = {
  readonly protocol: 'smtp' | 'rspamd' | 'spamd';
  readonly port: number;
  /** The address that is told to be the client's, where loopback's will not do. */
  readonly client?: string;
  /** A file of `writeMailFile`, and how many of its messages are sent. */
  readonly mail: string;
  readonly count: number;
  readonly sessions: number;
  /** Messages a second that arrive, whatever becomes of them; left out: as fast as they are taken. */
  readonly rate?: number;
  /** How they arrive; `poisson` where it is left out. */
  readonly arrivals?: 'even' | 'poisson';
};

/** Has a process of its own send that, on these processors of taskset(1) if any. Rejects where a message was not taken. */
export async function sendLoad(load: Load, cpus: string | null = null): Promise<LoadResult> {
  const program = join(import.meta.dirname, 'load-client.ts');
  const flags = Object.entries(load).map(([name, value]) => `--${name}=${value}`);
  const [command, ...argv] = pinnedTo(cpus, [process.execPath, program, ...flags]);
  const child = spawn(command, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  try {
    const result = (await json(child.stdout)) as LoadResult;
    await closed;
    return result;
  } catch {
    await closed;
    throw new Error(`mail was not taken on port ${load.port}: ${complaint.slice(-2000)}`);
  }
}

/** A command line that runs there only. Null: anywhere. */
export function pinnedTo(
  cpus: string | null,
  [command, ...argv]: readonly [string, ...string[]],
): [string, ...string[]] {
  return cpus === null ? [command, ...argv] : ['taskset', '-c', cpus, command, ...argv];
}
