import type { Lists } from './lists.ts';
import { splitElision } from './phrase-words.ts';

/** Words that vote, spread evenly over the text: the vote of more changes nothing. */
const maxVoters = 400;

/** A language fits from this many votes on: one function word of its own and one that it shares. */
const leastVotes = 1.5;

/** … and this share of all words. Running text gives 0.25 to 0.4, a mail full of names and numbers 0.15. */
const leastShare = 0.08;

/** … and this part of the votes of the language that fits best: relatives (es and pt, de and nl) share words. */
const leastPartOfBest = 0.4;

/**
 * Languages that a text is written in, the best fit first; none when nothing fits.
 *
 * Every word votes for the languages whose common words hold it, and divides its vote among them, so that `de` says
 * little and `nicht` much. Function words are nearly half of any running text and no subject matter moves them, which
 * makes the vote robust on whole messages; character n-grams (Cavnar and Trenkle 1994) do better on a few words, but
 * cost more and are misled by names and addresses. Text in two languages has two winners.
 */
export function languagesOf(words: readonly string[], lists: Lists): readonly string[] {
  const stride = Math.max(1, Math.ceil(words.length / maxVoters));
  const votes = new Map<string, number>();
  let voters = 0;
  for (let index = 0; index < words.length; index += stride) {
    const word = words[index] ?? '';
    if (/^\d*$/.test(word)) continue;
    voters += 1;
    const candidates = languagesWith(splitElision(word)?.article ?? word, lists);
    for (const language of candidates)
      votes.set(language, (votes.get(language) ?? 0) + 1 / candidates.length);
  }
  const best = Math.max(0, ...votes.values());
  const least = Math.max(leastVotes, leastShare * voters, leastPartOfBest * best);
  return [...votes]
    .filter(([, count]) => count >= least)
    .sort(([, left], [, right]) => right - left)
    .map(([language]) => language);
}

function languagesWith(word: string, lists: Lists): readonly string[] {
  const found: string[] = [];
  for (const [language, common] of lists.commonWords) if (common.has(word)) found.push(language);
  return found;
}
