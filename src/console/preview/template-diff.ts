import type { Pack } from '../../alias/alias.ts';
import { historyOf } from '../../baseline/history.ts';
import { dayOf } from '../../baseline/ledger.ts';
import { maturedDays, type ValueRecord } from '../../baseline/value-record.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import { sentenceHash } from '../../features/boilerplate.ts';
import type { Pseudonym } from '../../features/hash.ts';
import { lureHits } from '../../features/lure-words.ts';
import type { MessageView } from '../../features/message-view.ts';
import { foldText, wordsOf } from '../../message/fold.ts';
import { textPieces, type TextPiece } from './text-pieces.ts';

/**
 * What the alias's history says of a sentence. Baselines keep sentences that carry lure words, as hashes, and which
 * common words were ever used: of other sentences it is `untold` whether they were written before.
 */
export type Standing = 'vendor' | 'before' | 'never' | 'untold';

export type DiffSentence = {
  readonly standing: Standing;
  /** `on 12 days`; empty where there is nothing to say. */
  readonly note: string;
  /** What changes from message to message stands out from the sentence around it. */
  readonly pieces: readonly TextPiece[];
};

export type SubjectWordShown = { readonly text: string; readonly isNew: boolean };

export type TemplateDiff = {
  /** No history to compare with: all that is left is the pack. */
  readonly hasHistory: boolean;
  /** In order, with the gaps between; empty where there is no key for the words. */
  readonly subject: readonly SubjectWordShown[];
  readonly templates: readonly string[];
  readonly sentences: readonly DiffSentence[];
  readonly isCut: boolean;
};

export type DiffInput = {
  readonly view: MessageView;
  readonly pack: Pack | null;
  readonly described: Awaited<ReturnType<BaselineStore['describe']>>;
  readonly pseudonym: Pseudonym;
  readonly at: Date;
};

const shownSentences = 150;
const shownLength = 1200;

/** Holds the text of one message against what its alias wrote before. */
export function templateDiff(input: DiffInput): TemplateDiff {
  const { view, pack, described } = input;
  const known = knownText(input);
  const sentences = view.sentences.slice(0, shownSentences);
  return {
    hasHistory: historyOf(described.snapshot).messages > 0,
    subject: subjectWords(view.message.subject, known.hasSubjectWord),
    templates: pack?.templates.map(({ subject }) => subject) ?? [],
    sentences: sentences.map(({ text, folded }) => sentenceOf(text, folded, known)),
    isCut: view.sentences.length > sentences.length,
  };
}

type KnownText = ReturnType<typeof knownText>;

function knownText({ view, pack, described, pseudonym, at }: DiffInput) {
  const lines = new Map<string, ValueRecord>();
  const subject = new Set<string>();
  const bodyWords = new Set<string>();
  for (const { table, value, record } of described.values) {
    if (table === 'line') lines.set(value, record);
    else if (table === 'subject-word') subject.add(value);
    else if (table === 'body-word') bodyWords.add(value);
  }
  const names = view.message.addressees.flatMap(({ address, name }) => [
    name,
    address.split('@')[0] ?? '',
  ]);
  const boilerplate = new Set(pack?.boilerplate);
  const today = dayOf(at);
  const isCommon = (word: string) =>
    [...view.lists.commonWords.values()].some((words) => words.has(word));
  return {
    names,
    hasSubjectWord: (word: string) => subject.has(pseudonym(word)),
    isNewWord: (word: string) => bodyWords.size > 0 && isCommon(word) && !bodyWords.has(word),
    carriesLure: (folded: string) => lureHits(folded, view.lists, view.languages).hits.length > 0,
    standingOf: (folded: string): Pick<DiffSentence, 'standing' | 'note'> | null => {
      const hash = sentenceHash(folded, names);
      if (boilerplate.has(hash)) return { standing: 'vendor', note: 'the vendor’s own wording' };
      const record = lines.get(hash);
      if (record === undefined) return null;
      const days = maturedDays(record, today);
      return { standing: 'before', note: `before, on ${days} ${days === 1 ? 'day' : 'days'}` };
    },
  };
}

/** New common words from which a sentence is in another voice. */
const foreignWords = 3;

function sentenceOf(text: string, folded: string, known: KnownText): DiffSentence {
  const pieces = textPieces(text.slice(0, shownLength), known.names);
  const told = known.standingOf(folded);
  if (told !== null) return { ...told, pieces };
  const newWords = new Set(wordsOf(folded, 200).filter((word) => known.isNewWord(word)));
  if (known.carriesLure(folded) || newWords.size >= foreignWords)
    return {
      standing: 'never',
      note:
        newWords.size === 0
          ? 'never written'
          : `never written; new words: ${[...newWords].slice(0, 8).join(', ')}`,
      pieces,
    };
  return { standing: 'untold', note: '', pieces };
}

function subjectWords(
  subject: string,
  isKnown: (word: string) => boolean,
): readonly SubjectWordShown[] {
  const pieces = subject
    .slice(0, shownLength)
    .match(/[\p{L}\p{N}|]+(?:['’]\p{L}+)?|[^\p{L}\p{N}|]+/gu);
  return (pieces ?? []).map((text) => {
    const words = wordsOf(foldText(text), 10).filter((word) => !/\d/.test(word));
    return { text, isNew: words.length > 0 && !words.every(isKnown) };
  });
}
