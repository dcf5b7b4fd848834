import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Runs the test files, those named or all of them. Node takes one process less than there are processors, which is one
 * file at a time on two; files wait for servers, clocks and disks often enough that one more than there are keeps them busy.
 */
const concurrency = availableParallelism() + 1;

/**
 * Every file, and every command that a test starts, would strip the types of the same few hundred modules and compile
 * them anew, which is half of the time that it takes to start. Children inherit this (see shell.ts).
 */
const compileCache = fileURLToPath(
  new URL('../../node_modules/.cache/aliaswatch', import.meta.url),
);

const files = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    fileURLToPath(new URL('end-in-time.ts', import.meta.url)),
    '--test',
    `--test-concurrency=${concurrency}`,
    '--test-timeout=240000',
    ...(files.length > 0 ? files : ['test/**/*.test.ts']),
  ],
  { stdio: 'inherit', env: { NODE_COMPILE_CACHE: compileCache, ...process.env } },
);
process.exitCode = status ?? 1;
