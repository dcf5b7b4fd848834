import * as z from 'zod';
import { noWarning, warningLanguages } from '../decision/warning-policy.ts';
import { domainName, listOf } from './name-schemas.ts';

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
    recipientDomains: z
      .array(
        z.strictObject({
          domains: listOf(domainName, 10_000).describe(
            'Domains of recipients; those below a named one are not meant.',
          ),
          banner: banner.exactOptional(),
          subjectTag: subjectTag.exactOptional(),
          language: language.exactOptional(),
          note: note.exactOptional(),
        }),
      )
      .max(100)
      .default([])
      .meta({
        description:
          'Other values for the mail of some recipients. A message to several gets what all of them agree on.',
        examples: [[{ domains: ['finance.example.com'], banner: true }]],
      }),
  })
  .prefault({})
  .describe('What recipients of tagged mail see in the message itself. Off by default.');
