import { oncePerObject } from '../once-per.ts';
import type { Lists } from './lists.ts';

// Lists are made by language and asked by word; what does not depend on any message is turned around once.

/** Common word → the languages that know it, by their places in `commonWords`, ascending. */
export const speakersByWord = oncePerObject(
  (commonWords: Lists['commonWords']): ReadonlyMap<string, readonly number[]> => {
    const found = new Map<string, number[]>();
    for (const [place, words] of [...commonWords.values()].entries())
      for (const word of words) {
        const places = found.get(word);
        if (places === undefined) found.set(word, [place]);
        else places.push(place);
      }
    return found;
  },
);

/** First word of a lure phrase of any language → the words of the longest one that begins with it. */
export const longestPhraseByStart = oncePerObject(
  (lureWords: Lists['lureWords']): ReadonlyMap<string, number> => {
    const found = new Map<string, number>();
    for (const table of lureWords.values())
      for (const phrase of table.keys()) {
        const words = phrase.split(' ');
        const [start = ''] = words;
        found.set(start, Math.max(found.get(start) ?? 0, words.length));
      }
    return found;
  },
);
