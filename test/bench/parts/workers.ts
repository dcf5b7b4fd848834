import { availableParallelism } from 'node:os';
import { mediansOf, ratioOf, type Figures, type Samples } from '../figures.ts';
import { startGateway } from '../load/gateway-subject.ts';
import { openProcessorShare } from '../load/processor-share.ts';
import type { Site } from '../load/site.ts';
import type { Subject } from '../load/subject.ts';
import { takeTurn } from '../load/take-turn.ts';

export type Workers = {
  readonly workers: number;
  readonly places: Places;
  readonly one: Figures;
  readonly many: Figures;
  /** Throughput of many to that of one, of a round; the median over the rounds. */
  readonly ratio: number;
};

/** Where each side runs: processors as taskset(1) names them. */
export type Places = {
  readonly one: string;
  readonly many: string;
  readonly load: string;
  /** What each process may take, of one processor; null for all of its own. */
  readonly share: number | null;
};

/**
 * Pure. The load keeps to the last processor, and workers have one each from the first on. Where that leaves none for the
 * load, all of them share all but one: two processors are a half for each of two workers, and one for the load.
 */
export function placesOf(workers: number, cores: number): Places {
  const load = `${Math.max(0, cores - 1)}`;
  if (workers < cores) return { one: '0', many: `0-${workers - 1}`, load, share: null };
  const all = cores === 1 ? '0' : `0-${cores - 1}`;
  return { one: all, many: all, load, share: Math.max(1, cores - 1) / workers };
}

/**
 * Watched mail on Redis, one process and several, turn about; what sends the load is pinned, and so are they.
 * @throws Error where processors are too few, and nothing bounds what a process takes of them.
 */
export async function measureWorkers(
  site: Site,
  workers: number,
  load: {
    readonly rounds: number;
    readonly messages: number;
    readonly sizeBytes: number;
    readonly sessions: number;
  },
): Promise<Workers> {
  const places = placesOf(workers, availableParallelism());
  const { rounds, messages, sizeBytes, sessions } = load;
  await using opened = new AsyncDisposableStack();
  const start = async (name: 'one' | 'many', processes: number) => {
    const { share } = places;
    const within = share === null ? null : openProcessorShare(name, share * processes);
    if (share !== null && within === null)
      throw new Error(
        `${workers} workers and the load need ${workers + 1} processors, or root and control groups (cpu) to share fewer fairly`,
      );
    if (within !== null) opened.use(within);
    const options = { store: 'redis', cpus: places[name], within, workers: processes } as const;
    return opened.use(await startGateway(name, site, options));
  };
  const one = await start('one', 1);
  const many = await start('many', workers);
  const samples = new Map<string, Figures[]>();
  /** As many to each process, so that one of several is as far compiled as the only one, and goes on for as long. */
  const take = async (subject: Subject, processes: number, round: number) => {
    const count = processes * (round === 0 ? 2 * messages : messages);
    await using mail = site.makeMail({ sender: subject.sender, sizeBytes, count });
    const turn = { mail: mail.path, count, sessions: workers * sessions, cpus: places.load };
    const figures = await takeTurn(subject, turn);
    if (round > 0) samples.set(subject.name, [...(samples.get(subject.name) ?? []), figures]);
  };
  for (let round = 0; round <= rounds; round++) {
    await take(one, 1, round);
    await take(many, workers, round);
  }
  return { workers, places, ...outcome(samples) };
}

function outcome(samples: Samples): Pick<Workers, 'one' | 'many' | 'ratio'> {
  const { one, many } = mediansOf(samples);
  const ratio = ratioOf(samples, ['many', 'one'], ({ perSecond }) => perSecond);
  if (one === undefined || many === undefined || ratio === null) throw new Error('no rounds');
  return { one, many, ratio };
}
