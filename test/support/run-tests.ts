import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { testJobs, type TestJob } from './test-jobs.ts';
import { addTallies, counted, tallyOf, type Tally } from './test-tally.ts';

/** Jobs wait for servers, clocks and disks often enough that one more than there are processors keeps them busy. */
const concurrency = availableParallelism() + 1;

/**
 * Every file, and every command that a test starts, would strip the types of the same few hundred modules and compile
 * them anew, which is half of the time that it takes to start. Children inherit this (see shell.ts).
 */
const compileCache = fileURLToPath(
  new URL('../../node_modules/.cache/aliaswatch', import.meta.url),
);
const environment = { NODE_COMPILE_CACHE: compileCache, ...process.env };
const flags = [
  '--import',
  fileURLToPath(new URL('end-in-time.ts', import.meta.url)),
  '--test',
  '--test-timeout=240000',
];

const named = process.argv.slice(2);
process.exitCode = named.length > 0 ? runNamed(named) : await runAll();

/** Each in a process of its own, with every test told. */
function runNamed(files: readonly string[]): number {
  const all = [...flags, `--test-concurrency=${concurrency}`, ...files];
  return spawnSync(process.execPath, all, { stdio: 'inherit', env: environment }).status ?? 1;
}

/** A line for each job, what was skipped, and at the end all that failed told in full. */
async function runAll(): Promise<number> {
  const begun = performance.now();
  const waiting = testJobs(globSync('test/**/*.test.ts'));
  const tallies: Tally[] = [];
  const failures: string[] = [];
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { ok, seconds, output } = await runJob(job);
      const tally = tallyOf(output);
      tallies.push(tally);
      if (!ok) failures.push(`${job.name}\n${failuresIn(output)}`);
      const line = `${ok ? '✔' : '✖'} ${job.name}: ${tally.tests} tests, ${seconds.toFixed(1)} s`;
      process.stdout.write([line, ...tally.skippedLines, ''].join('\n'));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  for (const failure of failures) process.stdout.write(`\n✖ ${failure}`);
  const sum = addTallies(tallies);
  for (const name of counted) process.stdout.write(`ℹ ${name} ${sum[name]}\n`);
  process.stdout.write(`ℹ seconds ${Math.round((performance.now() - begun) / 1000)}\n`);
  return failures.length > 0 || sum.tests === 0 ? 1 : 0;
}

/** What the reporter says of failures, after all that passed; its end where it did not come so far. */
function failuresIn(output: string): string {
  const at = output.lastIndexOf('✖ failing tests:');
  return at >= 0 ? output.slice(at) : output.split('\n').slice(-100).join('\n');
}

async function runJob({ files }: TestJob) {
  const begun = performance.now();
  const all = [...flags, '--test-isolation=none', '--test-reporter=spec', ...files];
  const child = spawn(process.execPath, all, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const ok = (await closed) === 0;
  return { ok, seconds: (performance.now() - begun) / 1000, output: stdout + stderr };
}
