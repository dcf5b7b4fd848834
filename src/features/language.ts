import { speakersByWord } from './indexed-words.ts';
import type { Lists } from './lists.ts';
import { splitElision } from './phrase-words.ts';

/** Words that vote, spread evenly over the text: the vote of more changes nothing. */
const maxVoters = 150;

/** A language fits from this many votes on: one word of its own and one that it shares. */
const leastVotes = 1.4;

/** … and this share of all words. Running text gives 0.25 to 0.4, a mail full of names and numbers 0.15. */
const leastShare = 0.08;

/**
 * … or this many different words that no other language has: a foreign paragraph outvotes a template of few words, but
 * whoever fills a slot cannot take the template's own words away.
 */
const leastOwnWords = 5;

/** … and this part of the votes of the language that fits best: relatives (es and pt, de and nl) share words. */
const leastPartOfBest = 0.5;

/**
 * Languages that a text is written in, the best fit first; none when nothing fits.
 *
 * Every word votes for the languages that know it, and divides its vote among them, so that `de` says little and `nicht`
 * much. Function words are nearly half of any running text and no subject matter moves them, which makes the vote robust
 * on whole messages; text in two languages has two winners, and a language is added by adding its file. Character n-grams
 * (Cavnar and Trenkle 1994, and the packages built on them) need less text, but name one language and weigh megabytes.
 */
export function languagesOf(
  words: readonly string[],
  lists: Pick<Lists, 'commonWords'>,
): readonly string[] {
  const known = speakersByWord(lists.commonWords);
  const languages = [...lists.commonWords.keys()];
  const votes = languages.map(() => 0);
  const own = languages.map((): Set<string> | null => null);
  const stride = Math.max(1, Math.ceil(words.length / maxVoters));
  let voters = 0;
  for (let index = 0; index < words.length; index += stride) {
    const word = words[index] ?? '';
    if (word.charCodeAt(0) < 58) continue; // a number says nothing
    voters += 1;
    const elided = splitElision(word);
    vote(word, known, { votes, own });
    if (elided) vote(elided.article, known, { votes, own });
  }
  const best = Math.max(0, ...votes);
  const least = Math.max(leastVotes, leastShare * voters, leastPartOfBest * best);
  return languages
    .map((language, index) => ({
      language,
      count: votes[index] ?? 0,
      ownWords: own[index]?.size ?? 0,
    }))
    .filter(({ count, ownWords }) => count >= least || ownWords >= leastOwnWords)
    .sort((left, right) => right.count - left.count)
    .map(({ language }) => language);
}

/** Loops instead of array methods: this runs for every word of a message. */
function vote(
  word: string,
  known: ReadonlyMap<string, readonly number[]>,
  { votes, own }: { readonly votes: number[]; readonly own: (Set<string> | null)[] },
): void {
  const holders = known.get(word);
  if (holders === undefined) return;
  for (const index of holders) {
    votes[index] = (votes[index] ?? 0) + 1 / holders.length;
    if (holders.length === 1) (own[index] ??= new Set()).add(word);
  }
}
