import type { Alias } from '../../alias/alias.ts';
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

/**
 * A sentence on an alias that is used for several things: what is usual for one of them is then learned as usual for
 * all. Null where the pack names one use or none.
 */
export function mixedUse({ pack }: Alias): string | null {
  if (pack === null || pack.functions.length < 2) return null;
  const told = new Set(pack.templates.map((template) => template.function));
  const untold = pack.functions.filter((name) => !told.has(name));
  const how =
    told.size === 0
      ? 'the pack cannot tell them apart'
      : `told apart by subject: ${[...told].join(', ')}${untold.length === 0 ? '' : `; not told apart: ${untold.join(', ')}`}`;
  return `${list(pack.functions)} under one address, one baseline for all; ${how}`;
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
