import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadResult } from './load-client.ts';

export type Load = {
  readonly port: number;
  /** A file of `writeMailFile`. */
  readonly mail: string;
  readonly first: number;
  readonly count: number;
  readonly sessions: number;
};

/** Has a process of its own send that. Rejects where any message was not taken. */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const flags = Object.entries(load).map(([name, value]) => `--${name}=${value}`);
  const program = join(import.meta.dirname, 'load-client.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...flags], {
    maxBuffer: 100_000_000,
  });
  return JSON.parse(stdout) as LoadResult;
}
