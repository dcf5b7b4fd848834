#!/usr/bin/env node
/**
 * The way in, and the only file that touches `process`. Everything else is imported only once the Node version is known
 * to do: an old Node has to get as far as the sentence below.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 15)) {
  await run();
} else {
  process.stderr.write(
    `error: Aliaswatch needs Node 24.15 or later, and this is ${process.versions.node}: install Node 24, or use npm ci && npm start, which brings its own\n`,
  );
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { runCommandLine } = await import('./commands/command-line.ts');
  const { signal, endWithin } = interruption();
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  await runCommandLine(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    signal,
    endWithin,
    onHangup: (listener) => void process.on('SIGHUP', listener),
    exit: (code) => {
      process.exitCode = code;
    },
  });
}

/** The first SIGINT or SIGTERM asks the command to end, a second one or too long a wait ends it. */
function interruption(): { signal: AbortSignal; endWithin: (durationMs: number) => void } {
  const interrupted = new AbortController();
  let patienceMs = 2000;
  for (const [name, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(exitCode);
      interrupted.abort();
      setTimeout(() => process.exit(exitCode), patienceMs).unref();
    });
  }
  return {
    signal: interrupted.signal,
    endWithin: (durationMs) => {
      patienceMs = durationMs;
    },
  };
}
