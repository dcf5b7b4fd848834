import { createAttempt } from './attempt.ts';
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

/** Runs the parts that are asked for, one after another, and leaves no process and no folder. `ending`: no further part begins. */
export async function runParts(
  options: BenchOptions,
  tell: (text: string) => void,
  ending: AbortSignal,
): Promise<Found> {
  const { attempt, failed } = createAttempt(tell, ending);
  const has = (...parts: readonly Part[]) => parts.some((part) => options.only.includes(part));
  await using opened = new AsyncDisposableStack();
  let site: Promise<Site> | null = null;
  const { bytes: sizeBytes, sessions, messages, rounds } = options;
  const load = { messages, sizeBytes, sessions };

  const shared = has(...sideBySide)
    ? await attempt('starting what is measured', async () =>
        measureSideBySide(await open(), options, attempt),
      )
    : null;
  const memory = has('memory') ? await attempt('memory', measureMemories) : null;
  const workers = has('workers')
    ? await attempt('workers', async () =>
        measureWorkers(await open(), options.workers, { ...load, rounds }),
      )
    : null;
  const soaked = options.soak === null ? null : await attempt('soak', soakOne(options.soak));
  if (options.profile !== null) await attempt('profile', profileTo(options.profile));
  const stages = has('stages') ? await attempt('stages', () => measureStages(rounds)) : null;
  return {
    ...(shared ?? { samples: new Map(), sizes: null, latency: null, interference: null }),
    ...{ memory, workers, soak: soaked, stages, failed },
    throughput: shared && has('throughput') ? mediansOf(shared.samples) : null,
  };

  async function measureMemories(): Promise<Readonly<Record<string, Memory>>> {
    const crowd = { messages: 2 * messages, sizeBytes, sessions: 4 * sessions };
    const memory: Record<string, Memory> = {};
    for (const [name, store] of rolesOf(options.subjects))
      memory[name] = await measureMemory(await open(), name, store, crowd);
    return memory;
  }

  function soakOne(messages: number) {
    return async () =>
      soak(await open(), { ...load, messages }, (tenth, bytes) =>
        tell(`soak: ${tenth} tenths, ${Math.round(bytes / 1e6)} MB`),
      );
  }

  function profileTo(folder: string) {
    return async () => {
      for (const [name, store] of rolesOf(options.subjects)) {
        const paths = await profileGateway(await open(), { name, store }, load, folder);
        tell(`profile: ${paths.join(', ')}`);
      }
    };
  }

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
