import type { Attempt } from './attempt.ts';
import type { BenchOptions, Part } from './bench-options.ts';
import { subjectNames as names, type BenchReport } from './bench-report.ts';
import { mediansOf, type Figures, type Samples } from './figures.ts';
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
  { sizeBytes: 50_000, share: 0.05 },
  { sizeBytes: 2_000_000, share: 0.003 },
  { sizeBytes: 25_000_000, share: 0.0005 },
];

/** The parts for which everything runs at the same time, each with its turn. Rejects where the gateway or a relay does not start. */
export async function measureSideBySide(
  site: Site,
  options: BenchOptions,
  attempt: Attempt,
): Promise<SideBySide> {
  const has = (part: Part) => options.only.includes(part);
  const { rounds, messages, bytes: sizeBytes, sessions, seconds } = options;
  await using running = new AsyncDisposableStack();
  const subjects = await startAll(site, options, { attempt, running });
  const wanted = subjects.filter(({ name }) => options.subjects?.includes(name) ?? true);
  const closed = { rounds, messages, warmUp: 2 * messages, sizeBytes, sessions };
  // The other parts have to know how fast each is.
  const brief = has('throughput') ? closed : { ...closed, rounds: 1 };
  const samples =
    (await attempt('throughput', () => measureThroughput(site, wanted, brief))) ?? new Map();
  const speedOf = ({ name }: Subject) => {
    const figures = mediansOf(samples)[name];
    if (figures === undefined) throw new Error(`how fast ${name} is, is not known`);
    return figures.perSecond;
  };

  const sizes: Record<string, Readonly<Record<string, Figures>>> = {};
  const relays = wanted.filter(({ takes, pid }) => takes.protocol === 'smtp' && pid !== null);
  for (const { sizeBytes: bytes, share } of has('sizes') ? otherSizes : []) {
    const count = Math.max(1, Math.round(messages * share));
    const size = { rounds, messages: count, warmUp: count, sizeBytes: bytes, sessions };
    const found = await attempt(`messages of ${bytes} bytes`, () =>
      measureThroughput(site, relays, size),
    );
    if (found !== null) sizes[bytes] = mediansOf(found);
  }

  const open = { rounds, sizeBytes, sessions, seconds };
  const bare = subjects.find(({ name }) => name === names.bare);
  const ours = wanted.filter(({ name }) =>
    rolesOf(options.subjects).some(([role]) => role === name),
  );
  const latency: Record<string, AddedLatency> = {};
  if (has('latency') && bare !== undefined) {
    for (const subject of ours) {
      const added = await attempt(`latency: ${subject.name}`, async () =>
        measureLatency(site, bare, { subject, perSecond: speedOf(subject) }, open),
      );
      if (added !== null) latency[subject.name] = added;
    }
  }
  const last = ours.at(-1);
  const disturbed = [last, bare].filter((subject) => subject !== undefined);
  return {
    samples,
    sizes: has('sizes') ? sizes : null,
    latency: has('latency') ? latency : null,
    interference:
      has('interference') && last !== undefined
        ? await attempt(`interference: ${last.name}`, async () =>
            measureInterference(site, disturbed, { ...open, rate: speedOf(last) / 2 }),
          )
        : null,
  };
}

/** In the order of the table; a bare relay also where nobody asks for it, to compare with. A filter that does not start is left out. */
async function startAll(
  site: Site,
  options: BenchOptions,
  { attempt, running }: { readonly attempt: Attempt; readonly running: AsyncDisposableStack },
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
  if (options.peers) subjects.push(...(await startPeers(site, peers, { attempt, running })));
  return subjects;
}
