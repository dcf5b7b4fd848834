import type { Snapshot } from '../../baseline/ledger.ts';
import type { StoredValue } from '../../baseline/store.ts';
import { printable } from '../text-table.ts';

/** What history tells of the kinds of mail under one alias; shares 0 to 1 of the learned messages. */
export type UseFacts = {
  /** Layouts seen, plain text as one. */
  readonly layouts: number;
  /** Messages that have the most common of them. */
  readonly commonLayout: number;
  /** Words of the lure list in its subjects, most common first: what it is about. */
  readonly subjectWords: readonly { readonly word: string; readonly share: number }[];
};

const shownWords = 5;
const subjectWordCounter = 'w.subject.';

export function useFacts(
  { counters }: Snapshot,
  values: readonly StoredValue[],
  messages: number,
): UseFacts {
  const share = (count: number) =>
    messages === 0 ? 0 : Math.round(Math.min(1, count / messages) * 1000) / 1000;
  const layouts = values
    .filter(({ table }) => table === 'layout')
    .map(({ record }) => record.count);
  return {
    layouts: layouts.length,
    commonLayout: share(Math.max(0, ...layouts)),
    subjectWords: Object.entries(counters)
      .filter(([name]) => name.startsWith(subjectWordCounter))
      .map(([name, count]) => ({
        word: name.slice(subjectWordCounter.length),
        share: share(count),
      }))
      .sort((a, b) => b.share - a.share || a.word.localeCompare(b.word))
      .slice(0, shownWords),
  };
}

export function useText({ layouts, commonLayout, subjectWords }: UseFacts): string {
  if (layouts === 0) return '';
  const words = subjectWords.map(({ word, share }) => `${printable(word)} ${percent(share)}`);
  return [
    `layouts: ${layouts}, the most common in ${percent(commonLayout)} of the messages\n`,
    ...(words.length === 0 ? [] : [`words in subjects: ${words.join(', ')}\n`]),
  ].join('');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
