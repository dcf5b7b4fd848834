import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const stageNames = [
  'mailparser alone',
  'parse',
  'features',
  'observe (SQLite)',
  'score',
  'mailauth alone, 5 KB',
  'authenticate, 5 KB',
  'mailauth alone, forwarded',
  'authenticate, forwarded',
] as const;
export type StageName = (typeof stageNames)[number];

/** What `stages.ts` prints with `--json`. */
export type StageFigures = {
  readonly messageBytes: number;
  readonly figures: readonly {
    readonly stage: StageName;
    readonly cpuMs: number;
    readonly ratioToMailparser: number;
  }[];
};

/** The stages of one message, in a process that does nothing else. */
export async function measureStages(rounds: number): Promise<StageFigures> {
  const program = join(import.meta.dirname, '../stages.ts');
  const flags = ['--json', `--rounds=${rounds}`];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...flags]);
  return JSON.parse(stdout) as StageFigures;
}
