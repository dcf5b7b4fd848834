import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { subjectNames, type BenchReport } from './bench-report.ts';
import type { Growth, MessageCost } from './growth/measure-growth.ts';
import type { Measured } from './scale/scale-model.ts';
import { withTables } from './scale/scale-text.ts';

const help = `Usage: node test/bench/scale.ts [options]

Writes the tables of docs/scale.md from test/bench/scale/measured.json.

  --growth FILE            takes the figures of \`node test/bench/growth.ts --json\` first
  --bench FILE             takes those of \`npm run bench -- --only throughput,memory --json FILE\` first
  --on TEXT                when and where they were measured
`;
const { values: options } = parseArgs({
  options: {
    growth: { type: 'string' },
    bench: { type: 'string' },
    on: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const figures = new URL('./scale/measured.json', import.meta.url);
const page = new URL('../../docs/scale.md', import.meta.url);

if (options.help) process.stdout.write(help);
else {
  let measured = JSON.parse(await readFile(figures, 'utf8')) as Measured;
  if (options.growth !== undefined) {
    const { growth } = JSON.parse(await readFile(options.growth, 'utf8')) as { growth: Growth[] };
    measured = withGrowth(measured, growth);
  }
  if (options.bench !== undefined)
    measured = withBench(
      measured,
      JSON.parse(await readFile(options.bench, 'utf8')) as BenchReport,
    );
  measured = { ...measured, on: options.on ?? measured.on };
  await writeFile(figures, `${JSON.stringify(measured, null, 2)}\n`);
  await writeFile(page, withTables(await readFile(page, 'utf8'), measured));
}

function withBench(measured: Measured, { throughput, memory, settings }: BenchReport): Measured {
  const cpuMs = (name: string) => {
    const found = throughput?.[name]?.cpuMs;
    if (found == null) throw new Error(`the benchmark has no CPU time of ${name}`);
    return found;
  };
  const front = {
    bytes: settings.bytes,
    unwatchedCpuMs: cpuMs(subjectNames.unwatched),
    watchedCpuMs: cpuMs(subjectNames.redis),
    peakBytes: memory?.[subjectNames.redis]?.peakBytes ?? measured.front.peakBytes,
  };
  return { ...measured, front };
}

function withGrowth(measured: Measured, growth: readonly Growth[]): Measured {
  const [sqlite, redis] = ['sqlite', 'redis'].map((kind) =>
    growth.find(({ store }) => store === kind),
  );
  if (sqlite === undefined || redis === undefined) throw new Error('both stores are needed');
  const costOf = ({ serverCpuMs, commands, commandBytes, replyBytes }: MessageCost) => ({
    ...{ serverCpuMs, commands, commandBytes, replyBytes },
  });
  return {
    ...measured,
    redis: {
      watched: costOf(redis.large.cost),
      unwatched: costOf(redis.large.unwatched),
      bytesPerAlias: redis.large.baselineBytesPerAlias,
      organizationBytes: redis.large.organizationBytes,
    },
    ratios: {
      sqliteCpu: sqlite.ratios.cpuMs ?? NaN,
      redisCpu: redis.ratios.cpuMs ?? NaN,
      redisServerCpu: redis.ratios.serverCpuMs ?? NaN,
    },
  };
}
