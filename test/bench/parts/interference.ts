import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../figures.ts';
import { sendLoad } from '../load/send-load.ts';
import type { Site } from '../load/site.ts';
import type { Subject } from '../load/subject.ts';
import { takeTurn } from '../load/take-turn.ts';
import type { OpenLoop } from './latency.ts';

/** What one large message a second does to small mail. */
export type Interference = {
  readonly perSecond: number;
  readonly aloneP99Ms: number;
  readonly besideLargeP99Ms: number;
  /** Of a round; the median over the rounds. */
  readonly ratio: number;
};

const largeBytes = 25_000_000;
/** Until the process that sends the large ones has read them and the first are under way. */
const leadSeconds = 3;

/** Small mail arrives at that rate, alone and then beside one message of 25 MB a second; each subject in each round. */
export async function measureInterference(
  site: Site,
  subjects: readonly Subject[],
  { rounds, sizeBytes, sessions, seconds, rate }: OpenLoop & { readonly rate: number },
): Promise<Readonly<Record<string, Interference>>> {
  const count = Math.max(1, Math.round(rate * seconds));
  const largeCount = Math.ceil(seconds + leadSeconds);
  const turns = new Map<string, { readonly alone: number; readonly beside: number }[]>();
  for (let round = 0; round < rounds; round++) {
    await using large = site.makeMail({
      ...{ sender: 'watched', sizeBytes: largeBytes, count: largeCount },
    });
    for (const subject of subjects) {
      const { sender, name } = subject;
      await using first = site.makeMail({ sender, sizeBytes, count });
      await using second = site.makeMail({ sender, sizeBytes, count });
      const load = { count, sessions, rate };
      const alone = (await takeTurn(subject, { ...load, mail: first.path })).p99Ms;
      const rest = { count: largeCount, sessions: 4, rate: 1, arrivals: 'even' } as const;
      const small = async () => {
        await delay(leadSeconds * 1000);
        return (await takeTurn(subject, { ...load, mail: second.path })).p99Ms;
      };
      // Together, so that neither's failure goes unheard.
      const [beside] = await Promise.all([
        small(),
        sendLoad({ ...subject.takes, ...rest, mail: large.path }),
      ]);
      turns.set(name, [...(turns.get(name) ?? []), { alone, beside }]);
    }
  }
  return Object.fromEntries(
    [...turns].map(([name, all]) => [
      name,
      {
        perSecond: rate,
        aloneP99Ms: median(all.map(({ alone }) => alone)),
        besideLargeP99Ms: median(all.map(({ beside }) => beside)),
        ratio: median(all.map(({ alone, beside }) => beside / alone)),
      },
    ]),
  );
}
