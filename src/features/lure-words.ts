import { wordsOf } from '../message/fold.ts';
import { sentenceHash } from './boilerplate.ts';
import type { LureHit, LureSentence } from './features.ts';
import type { Lists } from './lists.ts';
import type { MessageView } from './message-view.ts';

const maxWords = 2000;
const longestPhrase = 3;
const maxSentences = 120;
const maxSubjectWords = 60;

/** Lure words and phrases of the list by token position; the longest phrase at a position wins and uses its words up. */
export function lureHits(
  folded: string,
  lists: Lists,
): { readonly tokens: number; readonly hits: readonly LureHit[] } {
  const words = wordsOf(folded, maxWords);
  const hits: LureHit[] = [];
  for (let position = 0; position < words.length; position++) {
    for (let length = Math.min(longestPhrase, words.length - position); length >= 1; length--) {
      const word = words.slice(position, position + length).join(' ');
      const weightBits = lists.lureWords.get(word);
      if (weightBits === undefined) continue;
      hits.push({ position, word, weightBits });
      position += length - 1;
      break;
    }
  }
  return { tokens: words.length, hits };
}

/** Distinct words of the subject as hashes; what is mostly digits changes with every message and is left out. */
export function subjectWordHashes(view: MessageView): readonly string[] {
  const words = wordsOf(view.foldedSubject, maxSubjectWords).filter((word) => !/\d/.test(word));
  return [...new Set(words)].map((word) => view.pseudonym(word));
}

/** Sentences of the body that carry lure words, each under its masked hash: what of the text may be residual. */
export function lureSentences(view: MessageView): readonly LureSentence[] {
  const names = view.message.addressees.flatMap(({ address, name }) => [
    name,
    address.split('@')[0] ?? '',
  ]);
  const sentences: LureSentence[] = [];
  for (const { folded } of view.sentences) {
    const { tokens, hits } = lureHits(folded, view.lists);
    if (hits.length === 0) continue;
    sentences.push({
      value: sentenceHash(folded, names),
      tokens,
      hits,
      shown: folded.slice(0, 120),
    });
    if (sentences.length >= maxSentences) break;
  }
  return sentences;
}
