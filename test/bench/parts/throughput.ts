import type { Figures, Samples } from '../figures.ts';
import type { SenderName, Site } from '../load/site.ts';
import type { Subject } from '../load/subject.ts';
import { takeTurn } from '../load/take-turn.ts';

export type ThroughputOptions = {
  readonly rounds: number;
  readonly messages: number;
  /** Messages of the first round, which is not measured; as many of each relay, until its code is compiled for good. */
  readonly warmUp: number;
  readonly sizeBytes: number;
  readonly sessions: number;
};

/** Every subject has its turn in every round, as fast as it takes mail. One round more than is measured: the first warms up. */
export async function measureThroughput(
  site: Site,
  subjects: readonly Subject[],
  { rounds, messages, warmUp, sizeBytes, sessions }: ThroughputOptions,
): Promise<Samples> {
  const samples = new Map<string, Figures[]>();
  for (let round = 0; round <= rounds; round++) {
    const most = round === 0 ? warmUp : messages;
    await using made = new AsyncDisposableStack();
    const mail = new Map<SenderName, string>();
    for (const sender of new Set(subjects.map((subject) => subject.sender)))
      mail.set(sender, made.use(site.makeMail({ sender, sizeBytes, count: most })).path);
    for (const subject of subjects) {
      const isWarmed = round === 0 && subject.takes.protocol === 'smtp';
      const count = isWarmed ? most : Math.max(1, Math.round(most * subject.share));
      const load = { mail: mail.get(subject.sender) ?? '', count };
      const figures = await takeTurn(subject, { ...load, sessions: Math.min(sessions, count) });
      if (round > 0) samples.set(subject.name, [...(samples.get(subject.name) ?? []), figures]);
    }
  }
  return samples;
}
