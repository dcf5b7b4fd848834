import { foldText, wordsOf } from '../../message/fold.ts';
import type { Message } from '../../message/message.ts';

/** How much of an alias's text is new in each message (detection-measured section 1). */
export type TextKind = 'rigid' | 'mixed' | 'freeText';

const maxWords = 20_000;

/** Counts words of the body that no earlier message of the alias had; digits are left out, they always change. */
export function createNoveltyCounter(): (message: Message) => number {
  const seen = new Set<string>();
  return ({ html, textBlocks }) => {
    const text = foldText([...(html?.blocks ?? []), ...textBlocks].join('\n'));
    const words = new Set(wordsOf(text, maxWords).filter((word) => !/\d/.test(word)));
    const unseen = [...words].filter((word) => !seen.has(word));
    for (const word of unseen) seen.add(word);
    return unseen.length;
  };
}

/** By the median of never-seen words per message: at most 3, at most 20, more. */
export function textKindOf(novelWords: readonly number[]): TextKind {
  const sorted = novelWords.toSorted((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return median <= 3 ? 'rigid' : median <= 20 ? 'mixed' : 'freeText';
}
