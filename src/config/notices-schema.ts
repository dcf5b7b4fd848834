import * as z from 'zod';
import { noticeTextUses } from './notice-text-uses.ts';
import { textNames, type NoticeTexts, type TextName } from '../notices/notice-texts.ts';

const maxTextCharacters = 600;

function textWith(known: readonly string[]) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxTextCharacters)
    .superRefine((text, context) => {
      if (/\p{Cc}/u.test(text))
        context.addIssue({ code: 'custom', message: 'holds line breaks or control characters' });
      const strange = [...text.matchAll(/\{([^{}]*)\}/g)].find(
        ([, name = '']) => !known.includes(name),
      );
      if (strange === undefined) return;
      context.addIssue({
        code: 'custom',
        message: `\`${strange[0].slice(0, 40)}\` stands for nothing here`,
        params: {
          hint:
            known.length === 0
              ? 'nothing is filled in'
              : `filled in: ${known.map((name) => `{${name}}`).join(', ')}`,
        },
      });
    });
}

const texts = Object.fromEntries(
  Object.entries(textNames).map(([name, known]) => [
    name,
    textWith(known).meta({
      description: descriptionOf(name as TextName, known),
      examples: [known.length === 0 ? 'From' : `Mail: {${known.join('} {')}}`],
    }),
  ]),
) as Record<TextName, ReturnType<typeof textWith>>;

function descriptionOf(name: TextName, known: readonly string[]): string {
  const filled = known.map((slot) => `{${slot}}`).join(', ');
  return `${noticeTextUses[name]} ${filled === '' ? 'Nothing is filled in.' : `Filled in: ${filled}.`}`;
}

/** `notices/<code>.yaml`: all texts of a language, since half of a notice in another one helps nobody. */
export const noticesSchema: z.ZodType<NoticeTexts> = z.strictObject(texts);
