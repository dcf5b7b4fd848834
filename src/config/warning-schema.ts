import * as z from 'zod';
import { noWarning, warningLanguages } from '../decision/warning-policy.ts';

function line(maxLength: number) {
  return z
    .string()
    .trim()
    .max(maxLength)
    .refine((value) => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(value), {
      error: 'holds control or invisible characters',
    });
}

const banner = z.boolean().meta({
  description:
    "Whether a few sentences above the text say what is unusual. Breaks the sender's DKIM signature: set an ARC key.",
  examples: [false],
});
const subjectTag = line(40).meta({
  description:
    "What the subject then begins with; empty for nothing. Breaks the sender's DKIM signature: set an ARC key.",
  examples: ['[Suspicious]'],
});
const language = z.enum(['auto', ...warningLanguages]).meta({
  description: 'Language of the banner; `auto` is that of the message, else English.',
  examples: ['auto'],
});
const note = line(300).meta({
  description: 'A line of yours below the banner; empty for none.',
  examples: ['Questions? Help desk, extension 4711.'],
});

/** `policy.yaml: warning`. */
export const warningSchema = z
  .strictObject({
    banner: banner.default(noWarning.banner),
    subjectTag: subjectTag.default(noWarning.subjectTag),
    language: language.default(noWarning.language),
    note: note.default(noWarning.note),
  })
  .prefault({})
  .describe('What recipients of tagged mail see in the message itself. Off by default.');

/** `warning` in an override. */
export const warningSettings = z
  .strictObject({
    banner: banner.optional(),
    subjectTag: subjectTag.optional(),
    language: language.optional(),
    note: note.optional(),
  })
  .describe('What these recipients see. A message to several gets what all of them agree on.');
