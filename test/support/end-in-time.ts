import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before test files. `--test-timeout` bounds a test, nothing bounds a process: one whose tests have all passed but
 * that left a timer or a socket behind would hold the whole run until somebody ends it. This says what was left.
 */
const longestMs = 420_000;

/** A file that has its own process, or several that share this one. */
const runsTests =
  (process.env['NODE_TEST_CONTEXT'] ?? '').startsWith('child') ||
  process.execArgv.includes('--test-isolation=none');
if (runsTests && isMainThread) {
  setTimeout(() => {
    const left = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(
      `${process.argv.slice(1).join(' ')}: still running after ${longestMs / 1000} s; left open: ${left}\n`,
    );
    process.exit(1);
  }, longestMs).unref();
}
