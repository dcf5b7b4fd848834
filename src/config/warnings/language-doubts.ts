import { foldPhrase, type LanguageFile } from '../language-schema.ts';
import type { Doubt, RuleDocument, RuleDocuments } from './rule-documents.ts';

/** Their lure words count in mail of every language; of two weights the larger one does. */
const everywhere = ['any', 'en'];

/** Lure words that never count, since another file outranks them, and languages that are never recognised. */
export function languageDoubts({ languages }: RuleDocuments): readonly Doubt[] {
  const ranks = everywhere.flatMap((code) => {
    const document = languages.get(code);
    return document === undefined ? [] : [{ code, weights: foldedWeights(document.value) }];
  });
  return [...languages].flatMap(([code, document]) => [
    ...unrecognised(code, document),
    ...outranked(code, document, ranks),
  ]);
}

type Rank = { readonly code: string; readonly weights: ReadonlyMap<string, number> };

function unrecognised(code: string, { file, value }: RuleDocument<LanguageFile>): readonly Doubt[] {
  if (everywhere.includes(code) || value.commonWords.length > 0) return [];
  return [
    {
      file,
      path: ['commonWords'],
      message: `mail is hardly ever recognised as \`${code}\`: its file has no common words`,
      hint: 'add `commonWords`: the hundred most frequent words of the language',
      on: 'key',
    },
  ];
}

function outranked(
  code: string,
  { file, value }: RuleDocument<LanguageFile>,
  ranks: readonly Rank[],
): readonly Doubt[] {
  return Object.entries(value.lureWords).flatMap(([phrase, weight]): readonly Doubt[] => {
    const folded = foldPhrase(phrase);
    const higher = ranks.find(
      (rank) => rank.code !== code && (rank.weights.get(folded) ?? 0) > weight,
    );
    if (higher === undefined) return [];
    const counts = higher.weights.get(folded) ?? 0;
    return [
      {
        file,
        path: ['lureWords', phrase],
        message: `this weight never counts: languages/${higher.code}.yaml gives \`${phrase}\` ${counts}, in mail of every language`,
        hint: `write ${counts}, or lower the other`,
        on: 'value',
      },
    ];
  });
}

function foldedWeights({ lureWords }: LanguageFile): ReadonlyMap<string, number> {
  return new Map(Object.entries(lureWords).map(([phrase, weight]) => [foldPhrase(phrase), weight]));
}
