import * as z from 'zod';
import type { Lists, OurActor } from '../features/lists.ts';
import { foldPhrase, phraseList, phrases, type LanguageFile } from './language-schema.ts';
import { domainName, listOf, registrableDomain, slug, title } from './name-schemas.ts';

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
  brands: phrases(listOf(registrableDomain, 100)),
  deskWords: phraseList(5000),
  popularDomainsFile: z.string().min(1).max(1000),
  ourActors: z.record(slug, listOf(title, 1000)).default({}),
});

/** Sets for look-up, everything that is compared with text folded as text is. */
export function listsFrom(
  lists: z.output<typeof listsSchema>,
  languages: ReadonlyMap<string, LanguageFile>,
  popularDomains: ReadonlySet<string>,
): Lists {
  const perLanguage = [...languages];
  return {
    freeHosting: new Set(lists.freeHosting),
    urlShorteners: new Set(lists.urlShorteners),
    freeMail: new Set(lists.freeMail),
    cheapTopLevelDomains: new Set(lists.cheapTopLevelDomains),
    lureWords: new Map(
      perLanguage.map(([code, { lureWords }]) => [code, foldedKeys(Object.entries(lureWords))]),
    ),
    commonWords: new Map(
      perLanguage
        .filter(([, { commonWords }]) => commonWords.length > 0)
        .map(([code, language]) => [code, wordsOfLanguage(language)]),
    ),
    brands: foldedKeys(Object.entries(lists.brands)),
    deskWords: new Set(lists.deskWords.map(foldPhrase)),
    popularDomains,
    ourActors: new Map(
      Object.entries(lists.ourActors).map(([key, actors]) => [key, actors.map(ourActor)]),
    ),
  };
}

function ourActor(written: string): OurActor {
  const isAddress = written.includes('@') || /^\S+\.\S+$/.test(written);
  return { address: written.toLowerCase(), phrase: isAddress ? '' : foldPhrase(written) };
}

/** A short lure has few function words: its own vocabulary tells the language as well. */
function wordsOfLanguage({ commonWords, lureWords }: LanguageFile): ReadonlySet<string> {
  const vocabulary = Object.keys(lureWords)
    .map(foldPhrase)
    .filter((phrase) => !phrase.includes(' '));
  return new Set([...commonWords.map(foldPhrase), ...vocabulary]);
}

function foldedKeys<Value>(entries: readonly (readonly [string, Value])[]): Map<string, Value> {
  return new Map(entries.map(([phrase, value]) => [foldPhrase(phrase), value]));
}
