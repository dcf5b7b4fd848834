import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { listens } from '../../support/smtp-ports.ts';
import type { ProcessorShare } from './processor-share.ts';
import { pinnedTo, type Load } from './send-load.ts';
import type { SenderName } from './site.ts';

/** One program that is measured, in a process of its own. */
export type Subject = AsyncDisposable & {
  readonly name: string;
  /** Null for the sink, whose work is not measured. */
  readonly pid: number | null;
  /** Whose mail it gets. */
  readonly sender: SenderName;
  readonly takes: Pick<Load, 'protocol' | 'port' | 'client'>;
  /** How many messages of those that others get: a slow one would take the time of all. */
  readonly share: number;
  /** How many messages it has passed without a look at them, where it is one that says so. */
  readonly unscored?: () => Promise<number>;
};

export type SubjectProcess = Omit<Subject, 'pid' | 'unscored' | typeof Symbol.asyncDispose> & {
  readonly command: readonly [string, ...string[]];
  /** Processors of taskset(1) that it runs on; all where it is left out. */
  readonly cpus?: string | null;
  /** What it and its children may take of them; no bound where it is left out. */
  readonly within?: ProcessorShare | null;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it says beside its log is of no interest. */
  readonly isQuiet?: boolean;
  /** Until it listens. */
  readonly startsWithinMs?: number;
};

/** Resolves once it listens; disposing asks it to end and waits until it has. */
export async function startSubject(subject: SubjectProcess): Promise<Subject> {
  const { command, cpus = null, within = null, environment = {}, isQuiet = false } = subject;
  const { startsWithinMs = 300_000 } = subject;
  await using starting = new AsyncDisposableStack();
  const pinned = pinnedTo(cpus, command);
  const [program, ...argv] = within?.bound(pinned) ?? pinned;
  const env = { ...process.env, ...environment };
  const child = spawn(program, argv, {
    stdio: ['ignore', 'ignore', isQuiet ? 'ignore' : 'inherit'],
    env,
  });
  const exited = once(child, 'exit');
  starting.defer(async () => {
    child.kill();
    const impatient = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await exited;
    clearTimeout(impatient);
  });
  const ended = exited.then(() => {
    throw new Error(`${subject.name} ended at its start`);
  });
  ended.catch(() => undefined); // it ends some day, when nobody waits any more
  const listening = listens({ host: '127.0.0.1', port: subject.takes.port }, startsWithinMs);
  await Promise.race([listening, ended]);
  const started = starting.move();
  const { name, sender, takes, share } = subject;
  return {
    ...{ name, sender, takes, share, pid: child.pid ?? null },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
