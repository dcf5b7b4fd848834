import * as z from 'zod';
import type { Lists } from '../features/lists.ts';
import { foldText, wordsOf } from '../message/fold.ts';
import { domainName, listOf, registrableDomain } from './name-schemas.ts';

const maxPhraseWords = 3;

const lurePhrase = z
  .string()
  .max(80)
  .refine(
    (phrase) => {
      const words = foldPhrase(phrase).split(' ');
      return words[0] !== '' && words.length <= maxPhraseWords;
    },
    { error: `is not a phrase of one to ${maxPhraseWords} words` },
  );

const languageCode = z
  .string()
  .regex(/^(?:any|[a-z]{2,3})$/, { error: 'is not a language code such as `en`, or `any`' });

/** `lists.yaml`. */
export const listsSchema = z.strictObject({
  freeHosting: listOf(registrableDomain, 20_000),
  urlShorteners: listOf(registrableDomain, 20_000),
  freeMail: listOf(domainName, 50_000),
  cheapTopLevelDomains: listOf(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,62}$/, { error: 'is not a top-level domain without its dot' }),
    2000,
  ),
  lureWords: z.record(languageCode, z.record(lurePhrase, z.number().min(1).max(6))),
});

/** Sets for look-up; lure words of all languages in one map, folded, the larger weight where two agree on a word. */
export function listsFrom(lists: z.output<typeof listsSchema>): Lists {
  const lureWords = new Map<string, number>();
  for (const words of Object.values(lists.lureWords)) {
    for (const [phrase, weight] of Object.entries(words)) {
      const folded = foldPhrase(phrase);
      lureWords.set(folded, Math.max(weight, lureWords.get(folded) ?? 0));
    }
  }
  return {
    freeHosting: new Set(lists.freeHosting),
    urlShorteners: new Set(lists.urlShorteners),
    freeMail: new Set(lists.freeMail),
    cheapTopLevelDomains: new Set(lists.cheapTopLevelDomains),
    lureWords,
  };
}

/** The phrase as the words of a message are read, so that both meet. */
function foldPhrase(phrase: string): string {
  return wordsOf(foldText(phrase), 20).join(' ');
}
