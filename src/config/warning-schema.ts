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

const banner = z.boolean();
const subjectTag = line(40);
const language = z.enum(['auto', ...warningLanguages]);
const note = line(300);

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
          domains: listOf(domainName, 10_000),
          banner: banner.exactOptional(),
          subjectTag: subjectTag.exactOptional(),
          language: language.exactOptional(),
          note: note.exactOptional(),
        }),
      )
      .max(100)
      .default([]),
  })
  .prefault({});
