import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/commands/command-line.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export type Outcome = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunOptions = {
  readonly stdin?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
};

/** A directory of its own to run commands in. */
export type Shell = {
  readonly directory: string;
  readonly path: (name: string) => string;
  /** A process of its own, in the directory, without settings of the machine. */
  readonly start: (args: readonly string[], nodeOptions?: readonly string[]) => ChildProcess;
  readonly spawn: (args: readonly string[], nodeOptions?: readonly string[]) => Promise<Outcome>;
  /** The same command line in this process, which saves most of the time; paths must be absolute. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>;
  /** Runs with `--json` and reads the one object. */
  readonly runJson: (
    args: readonly string[],
    options?: RunOptions,
  ) => Promise<Outcome & { readonly json: Readonly<Record<string, unknown>> }>;
};

/** Removed when the tests of the file are over. */
export async function openShell(): Promise<Shell> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-commands-'));
  after(() => rm(directory, { recursive: true, force: true }));
  const environment = { ALIASWATCH_STATE_DIR: join(directory, 'state') };
  const start = (args: readonly string[], nodeOptions: readonly string[] = []) =>
    spawn(process.execPath, [...nodeOptions, main, ...args], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        TMPDIR: directory,
      },
    });
  const run = (args: readonly string[], options: RunOptions = {}) =>
    runHere(args, { ...options, environment: { ...environment, ...options.environment } });
  return {
    directory,
    path: (name) => join(directory, name),
    start,
    spawn: (args, nodeOptions) => outcomeOf(start(args, nodeOptions)),
    run,
    runJson: async (args, options) => {
      const outcome = await run([...args, '--json'], options);
      if (!/^\{.*\}\n$/.test(outcome.stdout))
        throw new Error(`not one JSON object: ${outcome.stdout.slice(0, 500)}\n${outcome.stderr}`);
      return { ...outcome, json: JSON.parse(outcome.stdout) as Record<string, unknown> };
    },
  };
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  const [code] = await closed;
  return { code, stdout, stderr };
}

async function runHere(
  args: readonly string[],
  { stdin = '', environment = {} }: RunOptions,
): Promise<Outcome> {
  const [stdout, stderr] = [collector(), collector()];
  let code = 0;
  await runCommandLine(args, {
    stdin: Readable.from([stdin], { objectMode: false }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    environment,
    signal: new AbortController().signal,
    exit: (given) => {
      code = given;
    },
    endWithin: () => undefined,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
