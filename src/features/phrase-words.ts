import { wordsOf } from '../message/fold.ts';

/** `l'accès`, `dell'account`, `d'identité`: article or preposition, apostrophe, and the word itself. */
const elision = /^(\p{L}{1,6})['’](\p{L}{3,})$/u;

/**
 * Words of folded text as phrases of the lists are made of them, in order; at most `limit`. Elided articles are dropped,
 * one rule for all languages: English has no short word, apostrophe and three letters or more (`didn't`, `you'll` stay).
 */
export function phraseWords(folded: string, limit: number): readonly string[] {
  return withoutElision(wordsOf(folded, limit));
}

/** The same of words that are split already. */
export function withoutElision(words: readonly string[]): readonly string[] {
  return words.map((word) => splitElision(word)?.word ?? word);
}

/** `l'acces` → `l` and `acces`; null for a word without elision. */
export function splitElision(
  word: string,
): { readonly article: string; readonly word: string } | null {
  if (!word.includes("'") && !word.includes('’')) return null;
  const [, article, rest] = elision.exec(word) ?? [];
  return article === undefined || rest === undefined ? null : { article, word: rest };
}
