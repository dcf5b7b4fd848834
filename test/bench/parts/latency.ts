import { median, type Figures } from '../figures.ts';
import type { Site } from '../load/site.ts';
import type { Subject } from '../load/subject.ts';
import { takeTurn } from '../load/take-turn.ts';

export type OpenLoop = {
  readonly rounds: number;
  readonly sizeBytes: number;
  readonly sessions: number;
  /** How long each turn lasts. */
  readonly seconds: number;
};

/** What a hop adds to how long a message takes, beside a bare relay under the same load. */
export type AddedLatency = {
  /** Arrivals: half of what the subject can take. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of a round, less the bare relay's of the same; the median over the rounds. */
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
};

/** Mail arrives at half of the rate that the subject can take, by itself: first at the bare relay, then the same at the subject. */
export async function measureLatency(
  site: Site,
  bare: Subject,
  { subject, perSecond }: { readonly subject: Subject; readonly perSecond: number },
  { rounds, sizeBytes, sessions, seconds }: OpenLoop,
): Promise<AddedLatency> {
  const rate = perSecond / 2;
  const count = Math.max(1, Math.round(rate * seconds));
  const turns: { readonly bare: Figures; readonly subject: Figures }[] = [];
  for (let round = 0; round < rounds; round++) {
    await using mail = site.makeMail({ sender: subject.sender, sizeBytes, count });
    const load = { mail: mail.path, count, sessions, rate };
    turns.push({ bare: await takeTurn(bare, load), subject: await takeTurn(subject, load) });
  }
  return {
    perSecond: rate,
    p50Ms: median(turns.map((turn) => turn.subject.p50Ms)),
    p99Ms: median(turns.map((turn) => turn.subject.p99Ms)),
    addedP50Ms: median(turns.map((turn) => turn.subject.p50Ms - turn.bare.p50Ms)),
    addedP99Ms: median(turns.map((turn) => turn.subject.p99Ms - turn.bare.p99Ms)),
  };
}
