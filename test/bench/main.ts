import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { otherParts, readBenchOptions, usualParts, type BenchOptions } from './bench-options.ts';
import { ratiosOf, type BenchReport } from './bench-report.ts';
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
const { samples, ...found } = await runParts(options, (text) => process.stderr.write(`${text}\n`));
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
if (options.writeReadme) {
  const text = await readFile(readme, 'utf8');
  await writeFile(readme, replaceBlock(text, renderReport(report)));
}
await print(report, options);
for (const part of otherParts.filter((name) => options.only.includes(name))) runOther(part);

async function print(report: BenchReport, { json }: BenchOptions): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(json === true ? text : renderReport(report));
  if (typeof json === 'string') await writeFile(json, text);
}

function runOther(part: (typeof otherParts)[number]): void {
  const programs = {
    large: 'large-messages.ts',
    quarantine: 'quarantine.ts',
    backtest: 'backtest.ts',
  };
  const program = join(import.meta.dirname, programs[part]);
  const { status } = spawnSync(process.execPath, [program], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) process.exitCode = 1;
}
