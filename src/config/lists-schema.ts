import * as z from 'zod';
import type { Lists, OurActor } from '../features/lists.ts';
import { foldPhrase, phraseList, phrases, type LanguageFile } from './language-schema.ts';
import { domainName, listOf, registrableDomain, slug, title } from './name-schemas.ts';

/** As conditions write it: `sets.executives`. */
const setName = z
  .string()
  .max(40)
  .regex(/^[a-z][A-Za-z0-9]*$/, { error: 'is not a name such as `executives` or `scamPhones`' })
  .refine((name) => !(name in Object.prototype), {
    error: 'has a meaning of its own here; call it something else',
  });

const setEntry = z.string().trim().min(1).max(320);

/** `lists.yaml`. */
export const listsSchema = z.strictObject({
  freeHosting: listOf(registrableDomain, 20_000).meta({
    description:
      'Domains under which anybody puts a page for nothing. A new link to one weighs more than one to a company.',
    examples: [['pages.dev', 'weebly.com']],
  }),
  urlShorteners: listOf(registrableDomain, 20_000).meta({
    description: 'Domains whose links lead wherever their maker likes.',
    examples: [['bit.ly', 'tinyurl.com']],
  }),
  freeMail: listOf(domainName, 50_000).meta({
    description:
      'Domains at which anybody gets a mailbox: their addresses are correspondents one by one, not as a domain.',
    examples: [['gmail.com', 'gmx.de']],
  }),
  cheapTopLevelDomains: listOf(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,62}$/, { error: 'is not a top-level domain without its dot' })
      .meta({ description: 'A top-level domain without its dot.', examples: ['top'] }),
    2000,
  ).meta({
    description: 'Top-level domains that cost next to nothing and that abuse prefers.',
    examples: [['top', 'xyz']],
  }),
  brands: phrases(
    listOf(registrableDomain, 100).meta({
      description: 'Domains of the brand itself: there its name is no borrowed one.',
      examples: [['paypal.com', 'paypal.me']],
    }),
  ).meta({
    description: 'Well-known names with the domains of their owners.',
    examples: [{ paypal: ['paypal.com'] }],
  }),
  deskWords: phraseList(5000).meta({
    description:
      'Words of service desks ("help desk"): in a display name where the vendor\'s own name belongs they are a lure.',
    examples: [['help desk', 'support team']],
  }),
  popularDomainsFile: z
    .string()
    .min(1)
    .max(1000)
    .meta({
      description:
        "File of well-known domains, one a line, relative to this directory; a list such as Tranco's fits.",
      examples: ['popular-domains.txt'],
    }),
  ourActors: z
    .record(
      slug,
      listOf(title, 1000).meta({
        description: 'Names, addresses or hosts of our own tenants and accounts there.',
        examples: [['Alder Foods']],
      }),
    )
    .default({})
    .meta({
      description:
        'Our own tenants and accounts, by alias id or vendor: mail of anybody else through that alias is a signal.',
      examples: [{ docusign: ['Alder Foods', 'legal@alder.example'] }],
    }),
  sets: z
    .record(
      setName,
      listOf(
        setEntry.meta({
          description: 'A text; case does not matter.',
          examples: ['cfo@alder.example'],
        }),
        50_000,
      ).meta({
        description: 'Addresses, domains, numbers: whatever conditions compare with.',
        examples: [['cfo@alder.example', 'ceo@alder.example']],
      }),
    )
    .default({})
    .meta({
      description:
        'Named sets that conditions ask: `recipients.addresses.exists(r, r in sets.executives)`.',
      examples: [{ executives: ['cfo@alder.example'] }],
    }),
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
    sets: new Map(
      Object.entries(lists.sets).map(([name, entries]) => [
        name,
        new Set(entries.map((entry) => entry.toLowerCase())),
      ]),
    ),
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
