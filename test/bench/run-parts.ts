import type { BenchOptions, Part } from './bench-options.ts';
import type { BenchReport } from './bench-report.ts';
import { mediansOf, type Samples } from './figures.ts';
import { rolesOf } from './gateway-roles.ts';
import { buildGateway, sourceProgram } from './load/build-gateway.ts';
import { openSite, type Site } from './load/site.ts';
import { measureMemory, type Memory } from './parts/memory.ts';
import { profileGateway } from './parts/profile.ts';
import { soak } from './parts/soak.ts';
import { measureStages } from './parts/stages.ts';
import { measureWorkers } from './parts/workers.ts';
import { measureSideBySide } from './side-by-side.ts';

export type Found = Omit<BenchReport, 'at' | 'machine' | 'program' | 'settings' | 'ratios'> & {
  /** Every turn of the part `throughput`. */
  readonly samples: Samples;
};

const sideBySide: readonly Part[] = ['throughput', 'sizes', 'latency', 'interference'];

/** Runs the parts that are asked for, one after another, and leaves no process and no folder. */
export async function runParts(
  options: BenchOptions,
  tell: (text: string) => void,
): Promise<Found> {
  const has = (...parts: readonly Part[]) => parts.some((part) => options.only.includes(part));
  await using opened = new AsyncDisposableStack();
  let site: Promise<Site> | null = null;
  const { bytes: sizeBytes, sessions, messages, rounds } = options;
  const load = { messages, sizeBytes, sessions };

  const shared = has(...sideBySide) ? await measureSideBySide(await open(), options, tell) : null;
  const memory: Record<string, Memory> = {};
  if (has('memory')) {
    const crowd = { messages: 2 * messages, sizeBytes, sessions: 4 * sessions };
    for (const [name, store] of rolesOf(options.subjects)) {
      tell(`memory: ${name}`);
      memory[name] = await measureMemory(await open(), name, store, crowd);
    }
  }
  if (has('workers')) tell(`workers: ${options.workers} and one`);
  const workers = has('workers')
    ? await measureWorkers(await open(), options.workers, { ...load, rounds })
    : null;
  const soaked =
    options.soak === null
      ? null
      : await soak(await open(), { ...load, messages: options.soak }, (tenth, bytes) =>
          tell(`soak: ${tenth} tenths, ${Math.round(bytes / 1e6)} MB`),
        );
  if (options.profile !== null) {
    for (const [name, store] of rolesOf(options.subjects)) {
      const paths = await profileGateway(await open(), { name, store }, load, options.profile);
      tell(`profile: ${paths.join(', ')}`);
    }
  }
  if (has('stages')) tell('stages');
  return {
    ...(shared ?? { samples: new Map(), sizes: null, latency: null, interference: null }),
    throughput: shared && has('throughput') ? mediansOf(shared.samples) : null,
    memory: has('memory') ? memory : null,
    workers,
    soak: soaked,
    stages: has('stages') ? await measureStages(rounds) : null,
  };

  /** Built and started where a part needs it, once. */
  function open(): Promise<Site> {
    site ??= prepare();
    return site;
  }

  async function prepare(): Promise<Site> {
    if (options.source) return opened.use(await openSite([sourceProgram]));
    tell('building the gateway');
    return opened.use(await openSite([opened.use(await buildGateway()).program]));
  }
}
