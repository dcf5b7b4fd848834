import { wordsOf } from '../message/fold.ts';
import { sentenceHash } from './boilerplate.ts';
import type { CommonWord, LureHit, LureSentence, SubjectWord } from './features.ts';
import { longestPhraseByStart, speakersByWord } from './indexed-words.ts';
import type { Lists } from './lists.ts';
import type { MessageView } from './message-view.ts';
import { phraseWords, withoutElision } from './phrase-words.ts';

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
  return lureHitsAmong(phraseWords(folded, maxWords), lists, languages);
}

function lureHitsAmong(
  words: readonly string[],
  lists: Lists,
  languages: readonly string[],
): ReturnType<typeof lureHits> {
  const tables = [...new Set([...languages, ...everywhere])].flatMap(
    (language) => lists.lureWords.get(language) ?? [],
  );
  const phrases = longestPhraseByStart(lists.lureWords);
  const hits: LureHit[] = [];
  for (let position = 0; position < words.length; position++) {
    const longest = Math.min(longestPhrase, phrases.get(words[position] ?? '') ?? 0);
    for (let length = Math.min(longest, words.length - position); length >= 1; length--) {
      const word = words.slice(position, position + length).join(' ');
      const weightBits = heaviest(word, tables);
      if (weightBits === 0) continue;
      hits.push({ position, word, weightBits });
      position += length - 1;
      break;
    }
  }
  return { tokens: words.length, hits };
}

/** A loop instead of array methods: this runs for every phrase that may be one. */
function heaviest(phrase: string, tables: readonly ReadonlyMap<string, number>[]): number {
  let weightBits = 0;
  for (const table of tables) weightBits = Math.max(weightBits, table.get(phrase) ?? 0);
  return weightBits;
}

/** Distinct words of the subject as hashes; what is mostly digits changes with every message and is left out. */
export function subjectWordsOf(view: MessageView): readonly SubjectWord[] {
  const common = speakersByWord(view.lists.commonWords);
  const words = wordsOf(view.foldedSubject, maxSubjectWords).filter((word) => !/\d/.test(word));
  return [...new Set(words)].map((word) => ({
    value: view.pseudonym(word),
    isCommon: common.has(word),
  }));
}

/** Distinct words of the body that every text of some language is made of: they tell a letter from an alias's own style. */
export function commonWordsOf({ bodyWords, lists }: MessageView): readonly CommonWord[] {
  const common = speakersByWord(lists.commonWords);
  const found: CommonWord[] = [];
  const met = new Set<string>();
  for (let position = 0; position < bodyWords.length; position++) {
    const value = bodyWords[position] ?? '';
    if (!common.has(value) || met.has(value)) continue;
    met.add(value);
    found.push({ value, position });
    if (found.length >= maxCommonWords) break;
  }
  return found;
}

/** Sentences of the body that carry lure words, each under its masked hash: what of the text may be residual. */
export function lureSentences(view: MessageView): readonly LureSentence[] {
  const names = view.message.addressees.flatMap(({ address, name }) => [
    name,
    address.split('@')[0] ?? '',
  ]);
  const sentences: LureSentence[] = [];
  for (const { folded, words } of view.sentences) {
    const phrased = withoutElision(words.slice(0, maxWords));
    const { tokens, hits } = lureHitsAmong(phrased, view.lists, view.languages);
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
