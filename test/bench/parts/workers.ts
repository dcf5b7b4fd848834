import { availableParallelism } from 'node:os';
import { mediansOf, ratioOf, type Figures, type Samples } from '../figures.ts';
import { startGateway } from '../load/gateway-subject.ts';
import type { Site } from '../load/site.ts';
import type { Subject } from '../load/subject.ts';
import { takeTurn } from '../load/take-turn.ts';

export type Workers = {
  readonly workers: number;
  /** Processors of each side, as taskset(1) names them. */
  readonly cpus: { readonly one: string; readonly many: string; readonly load: string };
  readonly one: Figures;
  readonly many: Figures;
  /** Throughput of many to that of one, of a round; the median over the rounds. */
  readonly ratio: number;
};

/** Pure. The load keeps to the last processor; workers have one each from the first on, and share the last where there are too few. */
export function placesOf(workers: number, cores: number): Workers['cpus'] {
  const last = Math.max(0, cores - 1);
  const end = Math.min(workers, cores) - 1;
  return { one: '0', many: end === 0 ? '0' : `0-${end}`, load: `${last}` };
}

/** Watched mail on Redis, one process and several, turn about; what sends the load is pinned, and so are they. */
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
  const cpus = placesOf(workers, availableParallelism());
  const { rounds, messages, sizeBytes, sessions } = load;
  await using one = await startGateway('one', site, { store: 'redis', cpus: cpus.one });
  await using many = await startGateway('many', site, {
    ...{ store: 'redis', cpus: cpus.many, workers },
  });
  const samples = new Map<string, Figures[]>();
  const take = async (subject: Subject, round: number) => {
    const count = round === 0 ? 2 * messages : messages; // until compiled code has settled in both
    await using mail = site.makeMail({ sender: subject.sender, sizeBytes, count });
    const turn = { mail: mail.path, count, sessions, cpus: cpus.load };
    const figures = await takeTurn(subject, turn);
    if (round > 0) samples.set(subject.name, [...(samples.get(subject.name) ?? []), figures]);
  };
  for (let round = 0; round <= rounds; round++) {
    await take(one, round);
    await take(many, round);
  }
  return { workers, cpus, ...outcome(samples) };
}

function outcome(samples: Samples): Pick<Workers, 'one' | 'many' | 'ratio'> {
  const { one, many } = mediansOf(samples);
  const ratio = ratioOf(samples, ['many', 'one'], ({ perSecond }) => perSecond);
  if (one === undefined || many === undefined || ratio === null) throw new Error('no rounds');
  return { one, many, ratio };
}
