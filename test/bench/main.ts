import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { otherParts, readBenchOptions, usualParts, type BenchOptions } from './bench-options.ts';
import { ratiosOf, type BenchReport } from './bench-report.ts';
import { familyOf } from './load/process-usage.ts';
import { runParts } from './run-parts.ts';
import { blockOf, replaceBlock } from './readme-block.ts';
import { renderReport } from './render-report.ts';

/** `npm run bench`: reads the flags, has the parts run, and says what they found. `--help` tells everything. */
const options = readBenchOptions(process.argv.slice(2));
const readme = fileURLToPath(new URL('../../README.md', import.meta.url));
if (options.writeReadme) {
  // Told before ten minutes have passed, not after.
  blockOf(await readFile(readme, 'utf8'));
  if (usualParts.some((part) => !options.only.includes(part)) || options.subjects !== null)
    throw new Error('--write-readme takes all usual parts: leave --only and --subjects out');
}
const tell = (text: string) => process.stderr.write(`${text}\n`);
const ending = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => {
    process.exitCode = code;
    ending.abort();
    // Whatever waits for one of them fails, and takes the rest and its folder away.
    for (const pid of familyOf(process.pid).slice(1)) endProcess(pid);
  });
const { samples, ...found } = await runParts(options, tell, ending.signal);
const { rounds, messages, bytes, sessions } = options;
const report: BenchReport = {
  at: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.versions.node,
  },
  program: options.source ? 'source' : 'built',
  settings: { rounds, messages, bytes, sessions },
  ...found,
  ratios: ratiosOf(samples, found),
};
if (options.writeReadme && found.failed.length === 0) {
  const text = await readFile(readme, 'utf8');
  await writeFile(readme, replaceBlock(text, renderReport(report)));
}
await print(report, options);
for (const part of otherParts)
  if (options.only.includes(part) && !ending.signal.aborted) await runOther(part);
if (found.failed.length > 0) {
  tell(
    `failed: ${found.failed.join('; ')}${options.writeReadme ? '; README.md is as it was' : ''}`,
  );
  process.exitCode ??= 1;
}

async function print(report: BenchReport, { json }: BenchOptions): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(json === true ? text : renderReport(report));
  if (typeof json === 'string') await writeFile(json, text);
}

async function runOther(part: (typeof otherParts)[number]): Promise<void> {
  const programs = {
    large: 'large-messages.ts',
    quarantine: 'quarantine.ts',
    backtest: 'backtest.ts',
    growth: 'growth.ts',
  };
  const program = join(import.meta.dirname, programs[part]);
  await using opened = new AsyncDisposableStack();
  const TMPDIR = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-'));
  opened.defer(() => rm(TMPDIR, { recursive: true, force: true })); // also where it is ended
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, TMPDIR },
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) process.exitCode ??= 1;
}

function endProcess(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // it has ended already
  }
}
