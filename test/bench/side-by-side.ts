import type { BenchOptions, Part } from './bench-options.ts';
import { subjectNames as names, type BenchReport } from './bench-report.ts';
import { mediansOf, type Samples } from './figures.ts';
import { rolesOf } from './gateway-roles.ts';
import { startBareRelay } from './load/bare-relay-subject.ts';
import { startGateway } from './load/gateway-subject.ts';
import type { Site } from './load/site.ts';
import type { Subject } from './load/subject.ts';
import { measureInterference } from './parts/interference.ts';
import { measureLatency, type AddedLatency } from './parts/latency.ts';
import { measureThroughput } from './parts/throughput.ts';
import { startPeers } from './peers/start-peers.ts';

export type SideBySide = Pick<BenchReport, 'sizes' | 'latency' | 'interference'> & {
  readonly samples: Samples;
};

/** Fewer messages the larger they are, so that each size takes about as long. */
const otherSizes = [
  { sizeBytes: 50_000, share: 0.15 },
  { sizeBytes: 2_000_000, share: 0.008 },
  { sizeBytes: 25_000_000, share: 0.0015 },
];

/** The parts for which everything runs at the same time, each with its turn. */
export async function measureSideBySide(
  site: Site,
  options: BenchOptions,
  tell: (text: string) => void,
): Promise<SideBySide> {
  const has = (part: Part) => options.only.includes(part);
  const { rounds, messages, bytes: sizeBytes, sessions, seconds } = options;
  await using running = new AsyncDisposableStack();
  tell('starting what is measured');
  const subjects = await startAll(site, options, running);
  const wanted = subjects.filter(({ name }) => options.subjects?.includes(name) ?? true);
  const closed = { rounds, messages, sizeBytes, sessions };
  tell(`throughput of ${wanted.map(({ name }) => name).join('; ')}`);
  // The other parts have to know how fast each is.
  const brief = has('throughput') ? closed : { ...closed, rounds: 1 };
  const samples = await measureThroughput(site, wanted, brief);
  const speeds = mediansOf(samples);

  const sizes: Record<string, ReturnType<typeof mediansOf>> = {};
  const relays = wanted.filter(({ takes, pid }) => takes.protocol === 'smtp' && pid !== null);
  for (const { sizeBytes: bytes, share } of has('sizes') ? otherSizes : []) {
    tell(`messages of ${bytes} bytes`);
    const count = Math.max(1, Math.round(messages * share));
    const size = { rounds, messages: count, sizeBytes: bytes, sessions };
    sizes[bytes] = mediansOf(await measureThroughput(site, relays, size));
  }

  const open = { rounds, sizeBytes, sessions, seconds };
  const bare = subjects.find(({ name }) => name === names.bare);
  const ours = wanted.filter(({ name }) =>
    rolesOf(options.subjects).some(([role]) => role === name),
  );
  const latency: Record<string, AddedLatency> = {};
  if (has('latency') && bare !== undefined) {
    for (const subject of ours) {
      tell(`latency: ${subject.name}`);
      const perSecond = speeds[subject.name]?.perSecond ?? 0;
      latency[subject.name] = await measureLatency(site, bare, { subject, perSecond }, open);
    }
  }
  const last = ours.at(-1);
  if (has('interference') && last !== undefined) tell(`interference: ${last.name}`);
  const rate = (speeds[last?.name ?? '']?.perSecond ?? 0) / 2;
  const disturbed = [last, bare].filter((subject) => subject !== undefined);
  return {
    samples,
    sizes: has('sizes') ? sizes : null,
    latency: has('latency') ? latency : null,
    interference:
      has('interference') && last !== undefined
        ? await measureInterference(site, disturbed, { ...open, rate })
        : null,
  };
}

/** In the order of the table; a bare relay also where nobody asks for it, to compare with. */
async function startAll(
  site: Site,
  options: BenchOptions,
  running: AsyncDisposableStack,
): Promise<readonly Subject[]> {
  const sink: Subject = {
    ...{ name: names.sink, pid: null, sender: 'unwatched', share: 1 },
    takes: { protocol: 'smtp', port: site.sinkPort },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const subjects = [sink];
  const start = async (subject: Promise<Subject>) => subjects.push(running.use(await subject));
  await start(startBareRelay(names.bare, site, false));
  if (options.subjects?.includes(names.bareAuth) ?? true)
    await start(startBareRelay(names.bareAuth, site, true));
  for (const [name, store] of rolesOf(options.subjects))
    await start(startGateway(name, site, { store }));
  const peers = { haraka: options.haraka, install: options.installPeers };
  if (options.peers) subjects.push(...(await startPeers(site, peers, running)));
  return subjects;
}
