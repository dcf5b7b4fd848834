import { wordsOf } from '../message/fold.ts';
import { sentenceHash } from './boilerplate.ts';
import type { CommonWord, LureHit, LureSentence, SubjectWord } from './features.ts';
import type { Lists } from './lists.ts';
import type { MessageView } from './message-view.ts';
import { phraseWords } from './phrase-words.ts';

/** Words of one sentence or slot. */
const maxWords = 2000;
const longestPhrase = 3;
const everywhere = ['en', 'any'];
const maxSentences = 200;
const maxSubjectWords = 60;
const maxCommonWords = 240;

/**
 * Lure words and phrases by token position; the longest phrase at a position wins and uses its words up. Only the tables
 * of `languages`, of English (an English lure in a foreign template is common) and of names that are the same everywhere
 * are asked: a word of another language may only look like a lure ("bel", "die", "pin"). Where two tables know a phrase
 * the larger weight counts.
 */
export function lureHits(
  folded: string,
  lists: Lists,
  languages: readonly string[],
): { readonly tokens: number; readonly hits: readonly LureHit[] } {
  const tables = [...new Set([...languages, ...everywhere])].flatMap(
    (language) => lists.lureWords.get(language) ?? [],
  );
  const words = phraseWords(folded, maxWords);
  const hits: LureHit[] = [];
  for (let position = 0; position < words.length; position++) {
    for (let length = Math.min(longestPhrase, words.length - position); length >= 1; length--) {
      const word = words.slice(position, position + length).join(' ');
      const weightBits = Math.max(0, ...tables.map((table) => table.get(word) ?? 0));
      if (weightBits === 0) continue;
      hits.push({ position, word, weightBits });
      position += length - 1;
      break;
    }
  }
  return { tokens: words.length, hits };
}

/** Distinct words of the subject as hashes; what is mostly digits changes with every message and is left out. */
export function subjectWordsOf(view: MessageView): readonly SubjectWord[] {
  const words = wordsOf(view.foldedSubject, maxSubjectWords).filter((word) => !/\d/.test(word));
  return [...new Set(words)].map((word) => ({
    value: view.pseudonym(word),
    isCommon: isCommon(word, view.lists),
  }));
}

/** Distinct words of the body that every text of some language is made of: they tell a letter from an alias's own style. */
export function commonWordsOf({ bodyWords, lists }: MessageView): readonly CommonWord[] {
  const found: CommonWord[] = [];
  const met = new Set<string>();
  for (const [position, value] of bodyWords.entries()) {
    if (met.has(value)) continue;
    met.add(value);
    if (isCommon(value, lists)) found.push({ value, position });
    if (found.length >= maxCommonWords) break;
  }
  return found;
}

function isCommon(word: string, { commonWords }: Lists): boolean {
  for (const words of commonWords.values()) if (words.has(word)) return true;
  return false;
}

/** Sentences of the body that carry lure words, each under its masked hash: what of the text may be residual. */
export function lureSentences(view: MessageView): readonly LureSentence[] {
  const names = view.message.addressees.flatMap(({ address, name }) => [
    name,
    address.split('@')[0] ?? '',
  ]);
  const sentences: LureSentence[] = [];
  for (const { folded } of view.sentences) {
    const { tokens, hits } = lureHits(folded, view.lists, view.languages);
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
