import { foldPhrase } from '../language-schema.ts';
import type { Doubt, RuleDocuments } from './rule-documents.ts';

const neverEmpty = ['freeHosting', 'urlShorteners', 'freeMail', 'cheapTopLevelDomains'] as const;

/** Share of the popular domains from which on a top-level domain is not a cheap one. */
const ordinaryShare = 0.05;

/** Entries of `lists.yaml` that another list contradicts or outranks, and lists that are empty. */
export function listDoubts(documents: RuleDocuments): readonly Doubt[] {
  const { file, value } = documents.lists;
  const found = [
    ...emptyLists(value),
    ...hostedShorteners(value),
    ...ordinaryTopLevelDomains(documents),
    ...brandedDesks(value),
  ];
  return found.map((doubt) => ({ ...doubt, file }));
}

type Lists = RuleDocuments['lists']['value'];
type Found = Omit<Doubt, 'file'>;

function emptyLists(lists: Lists): readonly Found[] {
  const empty = neverEmpty.filter((name) => lists[name].length === 0);
  return empty.map((name) => ({
    path: [name],
    message: `\`${name}\` is empty: nothing will ever be taken for one`,
    hint: 'copy the list from the rules that ship with Aliaswatch',
    on: 'value',
  }));
}

/** Both lists say the same of a link, so one of the two is a slip. */
function hostedShorteners({ freeHosting, urlShorteners }: Lists): readonly Found[] {
  const hosting = new Set(freeHosting);
  return urlShorteners.flatMap((domain, index) =>
    hosting.has(domain)
      ? [
          {
            path: ['urlShorteners', index],
            message: `\`${domain}\` stands under \`freeHosting\` already`,
            hint: 'keep it where it belongs: a page of its own, or a redirection',
            on: 'value' as const,
          },
        ]
      : [],
  );
}

function ordinaryTopLevelDomains({ lists, popularDomains }: RuleDocuments): readonly Found[] {
  const counts = new Map<string, number>();
  for (const domain of popularDomains) {
    const top = domain.slice(domain.lastIndexOf('.') + 1);
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  return lists.value.cheapTopLevelDomains.flatMap((top, index) => {
    const count = counts.get(top) ?? 0;
    if (count < Math.max(5, ordinaryShare * popularDomains.size)) return [];
    return [
      {
        path: ['cheapTopLevelDomains', index],
        message: `\`${top}\` is no cheap one: ${count} of ${popularDomains.size} popular domains stand under it`,
        hint: 'remove it: links of honest vendors would count as those of abuse',
        on: 'value' as const,
      },
    ];
  });
}

/** What is a brand is looked up first. */
function brandedDesks({ brands, deskWords }: Lists): readonly Found[] {
  const names = new Map(Object.keys(brands).map((name) => [foldPhrase(name), name]));
  return deskWords.flatMap((phrase, index) => {
    const brand = names.get(foldPhrase(phrase));
    if (brand === undefined) return [];
    return [
      {
        path: ['deskWords', index],
        message: `\`${phrase}\` has no effect here: it is the brand \`${brand}\` first`,
        hint: 'remove one of the two',
        on: 'value' as const,
      },
    ];
  });
}
