import * as z from 'zod';
import { phraseWords } from '../features/phrase-words.ts';
import { foldText } from '../message/fold.ts';
import { listOf } from './name-schemas.ts';

const maxPhraseWords = 3;
const notAPhrase = `is not a phrase of one to ${maxPhraseWords} words`;

/** Words of names, of desks and of lures: one to three. */
const phraseKey = z
  .string()
  .max(80)
  .refine(isPhrase, { error: notAPhrase })
  .meta({
    description: 'One to three words; case, accents and punctuation do not matter.',
    examples: ['call us'],
  });
const phrase = z
  .string()
  .max(80)
  .refine(isPhrase, { error: ({ input }) => `\`${String(input)}\` ${notAPhrase}` })
  .meta({
    description: 'One to three words; case, accents and punctuation do not matter.',
    examples: ['help desk'],
  });

/** A mapping from phrases; two that are read as the same words are a slip. */
export function phrases<Value extends z.ZodType>(value: Value) {
  return z.record(phraseKey, value).superRefine((entries, context) => {
    for (const { written, before } of foldedTwice(Object.keys(entries))) {
      context.addIssue({
        code: 'custom',
        path: [written],
        message: `\`${written}\` is read as the same words as \`${before}\``,
        params: { hint: 'remove one of the two', on: 'key' },
      });
    }
  });
}

/** A list of phrases, likewise. */
export function phraseList(maxEntries: number) {
  return listOf(phrase, maxEntries).superRefine((entries, context) => {
    for (const { written, before } of foldedTwice(entries)) {
      context.addIssue({
        code: 'custom',
        path: [entries.indexOf(written)],
        message: `\`${written}\` is read as the same words as \`${before}\``,
        params: { hint: 'remove one of the two' },
      });
    }
  });
}

/** `languages/<code>.yaml`. */
export const languageSchema = z.strictObject({
  lureWords: phrases(
    z
      .number()
      .min(1)
      .max(6)
      .meta({
        description: 'How much the phrase speaks for a lure, in bits.',
        examples: [3],
      }),
  ).meta({
    description:
      'Words and phrases of lures, each with its weight in bits: 1 is often ordinary, 6 hardly ever.',
    examples: [{ refund: 4, 'call us': 2 }],
  }),
  commonWords: listOf(
    z
      .string()
      .max(40)
      .refine((text) => wordCount(text) === 1, {
        error: ({ input }) => `\`${String(input)}\` is not one word`,
      })
      .meta({ description: 'One word.', examples: ['the'] }),
    2000,
  )
    .default([])
    .meta({
      description: 'The most common words of the language, by which it is recognised.',
      examples: [['the', 'and', 'you']],
    }),
});

export type LanguageFile = z.output<typeof languageSchema>;

/** A file of this name holds the language; null for a name that is no language code. */
export function languageCodeOf(fileName: string): string | null {
  return /^(any|[a-z]{2,3})\.yaml$/.exec(fileName)?.[1] ?? null;
}

/** The phrase as the words of a message are read, so that both meet. */
export function foldPhrase(text: string): string {
  // Most of several ten thousand phrases are written folded already.
  return /^[a-z]+(?: [a-z]+)*$/.test(text) ? text : phraseWords(foldText(text), 20).join(' ');
}

function isPhrase(text: string): boolean {
  const count = wordCount(text);
  return count >= 1 && count <= maxPhraseWords;
}

function wordCount(text: string): number {
  const folded = foldPhrase(text);
  return folded === '' ? 0 : folded.split(' ').length;
}

function foldedTwice(
  written: readonly string[],
): readonly { readonly written: string; readonly before: string }[] {
  const seen = new Map<string, string>();
  return written.flatMap((text) => {
    const folded = foldPhrase(text);
    const before = seen.get(folded);
    if (before === undefined) seen.set(folded, text);
    return before === undefined || before === text ? [] : [{ written: text, before }];
  });
}
