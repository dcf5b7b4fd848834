import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before each test file. `--test-timeout` bounds a test, nothing bounds a file: one whose tests have all passed
 * but that left a timer or a socket behind would hold the whole run until somebody ends it. This says what was left.
 */
const longestFileMs = 420_000;

const isTestFile = (process.env['NODE_TEST_CONTEXT'] ?? '').startsWith('child') && isMainThread;
if (isTestFile) {
  setTimeout(() => {
    const left = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(
      `${process.argv[1]}: still running after ${longestFileMs / 1000} s; left open: ${left}\n`,
    );
    process.exit(1);
  }, longestFileMs).unref();
}
