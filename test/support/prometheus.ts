import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { requireInstalled } from './installed.ts';
import { freePort, listens } from './smtp-ports.ts';

const shipped = join(import.meta.dirname, '../../deploy/prometheus');

/** For `{ skip }`. */
export const skipWithoutPrometheus = (): string | false =>
  requireInstalled('prometheus', 'prometheus');

export type RunningPrometheus = AsyncDisposable & {
  /** `data` of an answer of the HTTP API below `/api/v1/`. */
  readonly ask: (path: string) => Promise<unknown>;
  /** Value of an instant query that has one series; null where it has none. */
  readonly value: (expr: string) => Promise<number | null>;
};

type Config = {
  global: { scrape_interval: string; evaluation_interval: string };
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
};

/** Prometheus with the shipped configuration and rules, in a directory of its own; only its target and its pace are others. */
export async function startPrometheus(target: string): Promise<RunningPrometheus> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-prometheus-'));
  for (const file of ['alerts.yml', 'recording.yml'])
    await cp(join(shipped, file), join(directory, file));
  const config = parse(await readFile(join(shipped, 'prometheus.yml'), 'utf8')) as Config;
  config.global.scrape_interval = '500ms';
  config.global.evaluation_interval = '500ms';
  for (const { job_name, static_configs } of config.scrape_configs)
    if (job_name === 'aliaswatch') for (const one of static_configs) one.targets = [target];
  config.scrape_configs = config.scrape_configs.filter(({ job_name }) => job_name === 'aliaswatch');
  await writeFile(join(directory, 'prometheus.yml'), stringify(config));

  const port = await freePort();
  const server = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { cwd: directory, stdio: 'ignore' },
  );
  const exited = once(server, 'exit');
  await listens({ host: '127.0.0.1', port });
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { status, data } = (await response.json()) as { status: string; data: unknown };
    if (status !== 'success') throw new Error(`${path}: ${response.status}`);
    return data;
  };
  return {
    ask,
    value: async (expr) => {
      const found = await ask(`query?query=${encodeURIComponent(expr)}`);
      const { result } = found as { result: { value: [number, string] }[] };
      const [one] = result;
      return one === undefined ? null : Number(one.value[1]);
    },
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Asks again until it holds, for half a minute at most, and gives what was asked for. */
export async function eventually<Found>(
  ask: () => Promise<Found>,
  holds: (found: Found) => boolean,
): Promise<Found> {
  const untilMs = performance.now() + 30_000;
  for (;;) {
    const found = await ask().catch(() => null);
    if (found !== null && holds(found)) return found;
    if (performance.now() > untilMs)
      throw new Error(`it never came to that; last: ${JSON.stringify(found)}`);
    await delay(100);
  }
}
