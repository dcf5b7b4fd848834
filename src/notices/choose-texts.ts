import type { NoticeLanguage } from '../config/notice-settings.ts';
import type { NoticeLanguages, NoticeTexts } from './notice-texts.ts';

export type ChosenTexts = { readonly texts: NoticeTexts; readonly language: string };

/** The texts for an address; for nobody in particular where it is null. */
export type TextsFor = (address: string | null) => ChosenTexts;

/**
 * Which language each recipient is told in.
 * @throws Error in one sentence when a language that is asked for has no texts.
 */
export function chooseTexts(languages: NoticeLanguages, choice: NoticeLanguage): TextsFor {
  const find = (language: string): ChosenTexts => {
    const texts = languages.get(language);
    if (texts !== undefined) return { texts, language };
    throw new Error(
      `noticeLanguage: there are no notices in \`${language}\`; known are ${[...languages.keys()].sort().join(', ')}; add rules/notices/${language}.yaml for another`,
    );
  };
  const everybody = find(choice.everybody);
  const byDomain = new Map(
    Object.entries(choice.domains).map(([domain, language]) => [domain, find(language)]),
  );
  return (address) => {
    const domain = address === null ? '' : address.slice(address.lastIndexOf('@') + 1);
    return byDomain.get(domain.toLowerCase()) ?? everybody;
  };
}
