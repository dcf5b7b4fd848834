import type { Figures, Samples } from '../figures.ts';
import type { SenderName, Site } from '../load/site.ts';
import type { Subject } from '../load/subject.ts';
import { takeTurn } from '../load/take-turn.ts';

export type ThroughputOptions = {
  readonly rounds: number;
  readonly messages: number;
  readonly sizeBytes: number;
  readonly sessions: number;
};

/** Every subject has its turn in every round, as fast as it takes mail. One round more than is measured: the first warms up. */
export async function measureThroughput(
  site: Site,
  subjects: readonly Subject[],
  { rounds, messages, sizeBytes, sessions }: ThroughputOptions,
): Promise<Samples> {
  const samples = new Map<string, Figures[]>();
  for (let round = 0; round <= rounds; round++) {
    await using made = new AsyncDisposableStack();
    const mail = new Map<SenderName, string>();
    for (const sender of new Set(subjects.map((subject) => subject.sender)))
      mail.set(sender, made.use(site.makeMail({ sender, sizeBytes, count: messages })).path);
    for (const subject of subjects) {
      const count = Math.max(1, Math.round(messages * subject.share));
      const load = { mail: mail.get(subject.sender) ?? '', count };
      const figures = await takeTurn(subject, { ...load, sessions: Math.min(sessions, count) });
      if (round > 0) samples.set(subject.name, [...(samples.get(subject.name) ?? []), figures]);
    }
  }
  return samples;
}
