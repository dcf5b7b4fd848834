import type { ActiveRules } from '../../dependencies.ts';
import type { Pseudonym } from '../../features/hash.ts';
import type { AblationResult } from './ablation-figures.ts';
import type { Ablation } from './ablations.ts';
import type { LureBank } from './lures.ts';
import { openMemoryStore } from './memory-store.ts';
import { createScorer } from './scorer.ts';
import { replayStream, type InjectionPlan, type Stream, type StreamResult } from './streams.ts';

/** Enough to see a part missing, at a third of the cost. */
const plan: InjectionPlan = {
  kinds: ['a', 'a2', 'a3', 'b', 'c', 'd', 'e', 'e2', 'f3', 'h-ics', 'h-pdf', 'h-qr'],
  perStream: 10,
};

/** Replays every stream anew for every ablation, decisions and learning included. */
export async function runAblations(
  ablations: readonly Ablation[],
  streams: readonly Stream[],
  options: {
    readonly rules: ActiveRules;
    readonly pseudonym: Pseudonym;
    readonly bank: LureBank | null;
    readonly report: () => void;
  },
): Promise<readonly AblationResult[]> {
  const results: AblationResult[] = [];
  for (const ablation of ablations) {
    const replayed: StreamResult[] = [];
    for (const stream of streams) replayed.push(await replayWithout(ablation, stream, options));
    results.push({ id: ablation.id, title: ablation.title, streams: replayed });
  }
  return results;
}

async function replayWithout(
  ablation: Ablation,
  stream: Stream,
  { rules: full, pseudonym, bank, report }: Parameters<typeof runAblations>[2],
): Promise<StreamResult> {
  await using opened = await openMemoryStore();
  const rules = ablation.rules?.(full) ?? full;
  const store = ablation.store?.(opened) ?? opened;
  const plain = createScorer({ rules, store, pseudonym });
  const score = ablation.score?.(plain, rules) ?? plain;
  return await replayStream(stream, { store, score, scoreCold: null, bank, plan, report });
}
