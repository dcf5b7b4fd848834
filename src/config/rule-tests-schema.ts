import * as z from 'zod';
import { signalIds } from '../features/signals.ts';
import { listOf, mailbox, slug, title } from './name-schemas.ts';

/** Cases of one rules directory: more of them are a corpus, and `evaluate` is for those. */
export const maxCases = 500;

/** A message file below `tests`; no part of it begins with a dot. */
const messagePath =
  /^messages\/(?:[A-Za-z0-9_][A-Za-z0-9._-]*\/)*[A-Za-z0-9_][A-Za-z0-9._-]*\.eml$/;

/** Whether a `message` is the message itself and not the name of a file. */
export function isInline(message: string): boolean {
  return message.includes('\n');
}

const message = z
  .string()
  .max(1_048_576)
  .refine((text) => isInline(text) || messagePath.test(text), {
    error: ({ input }) =>
      `\`${String(input).slice(0, 60)}\` is not a file such as \`messages/lure.eml\`, nor a message of several lines (\`message: |\`)`,
  })
  .meta({
    description: 'A file below tests/messages, or the message itself as a block (`message: |`).',
    examples: ['messages/lure.eml'],
  });

const piece = z
  .string()
  .min(1)
  .max(4000)
  .meta({ description: 'Text as it stands in the message.', examples: ['Contoso Bakery'] });

const baseline = z
  .strictObject({
    like: message.describe('The ordinary message that the alias is taught with.'),
    messages: z
      .int()
      .min(1)
      .max(2000)
      .default(210)
      .meta({ description: 'How many of them.', examples: [210] }),
    days: z
      .int()
      .min(1)
      .max(180)
      .default(90)
      .meta({ description: 'Over how many days before `at`.', examples: [90] }),
    recipients: z
      .int()
      .min(1)
      .max(1000)
      .default(50)
      .meta({ description: 'To how many recipients.', examples: [50] }),
    vary: z
      .record(piece, z.array(piece).min(1).max(24))
      .default({})
      .meta({
        description:
          'What stands in the message and is something else each time: names of tenants.',
        examples: [{ 'Contoso Bakery': ['Fabrikam', 'Adatum'] }],
      }),
  })
  .describe('The history that the message is held against.');

const verdicts = [
  'unwatched',
  'clean',
  'suspicious',
  'anomalous',
  'learning',
  'impersonation',
  'unverified',
  'unavailable',
] as const;

const bits = z
  .strictObject({
    min: z
      .number()
      .min(-1000)
      .max(10_000)
      .optional()
      .meta({ description: 'At least so many bits.', examples: [20] }),
    max: z
      .number()
      .min(-1000)
      .max(10_000)
      .optional()
      .meta({ description: 'At most so many bits.', examples: [5] }),
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    error: '`bits` leaves nothing: `min` is above `max`',
  });

const expectation = z
  .strictObject({
    verdict: z
      .enum(verdicts)
      .optional()
      .meta({ description: 'The verdict.', examples: ['anomalous'] }),
    action: z
      .enum(['pass', 'tag', 'quarantine', 'defer', 'reject'])
      .optional()
      .meta({ description: 'What `enforce` does with it.', examples: ['quarantine'] }),
    signals: z
      .array(z.enum(signalIds))
      .max(50)
      .optional()
      .meta({
        description: 'Signals that speak against it.',
        examples: [['phone', 'subject-lure']],
      }),
    bits: bits
      .optional()
      .meta({ description: 'The range its score lies in.', examples: [{ min: 20 }] }),
    conditions: z
      .array(slug)
      .max(100)
      .optional()
      .meta({ description: 'Ids of conditions that match.', examples: [['our-condition']] }),
    cause: slug.optional().meta({
      description: 'Id of the attack cause that explains it best.',
      examples: ['callback-in-subject'],
    }),
  })
  .describe('What must come out; `rules test --update --write` fills in an empty one.');

const ruleCase = z
  .strictObject({
    name: title.meta({
      description: 'One sentence that says what the case shows; unique.',
      examples: ['the code of an ordinary tenant'],
    }),
    alias: slug.meta({
      description: 'Alias it must be identified as; `none` for mail of nobody.',
      examples: ['paypal-service'],
    }),
    message: message.optional(),
    features: z
      .partialRecord(z.enum(signalIds), z.int().min(1).max(4))
      .optional()
      .meta({
        description: 'Instead of a message: the signals it would show, each with its level.',
        examples: [{ phone: 1, 'phone-lure': 3 }],
      }),
    replace: z
      .record(piece, z.string().max(20_000))
      .default({})
      .meta({
        description: 'What stands in the message, and what stands there in this case.',
        examples: [{ 'Contoso Bakery': 'Litware Physiotherapy' }],
      }),
    authenticated: z
      .boolean()
      .default(true)
      .meta({
        description: 'A valid signature of the From domain is assumed; false: DMARC fails.',
        examples: [true],
      }),
    recipients: listOf(mailbox, 100)
      .optional()
      .meta({
        description: 'Envelope recipients; without them, To and Cc.',
        examples: [['ann@example.com']],
      }),
    at: z.iso
      .datetime({ offset: true, error: 'is not a time such as 2026-11-20T10:00:00Z' })
      .default('2026-11-20T10:00:00Z')
      .meta({ description: 'When it arrives.', examples: ['2026-11-20T10:00:00Z'] }),
    baseline: z
      .union([z.literal('none'), baseline], {
        error: 'is neither `none` nor a mapping such as `{ like: messages/ordinary.eml }`',
      })
      .default('none')
      .describe('The history that the message is held against, or `none`.'),
    expect: expectation.default({}),
  })
  .superRefine(({ message: text, features, replace, authenticated }, context) => {
    const refuse = (key: string, problem: string, hint: string) =>
      context.addIssue({
        code: 'custom',
        path: [key],
        message: problem,
        params: { hint, on: 'key' },
      });
    if (text === undefined && features === undefined)
      refuse('message', '`message` is missing', 'name a file, or give `features` instead');
    if (features === undefined) return;
    if (text !== undefined)
      refuse('features', 'a case has a message or features, not both', 'remove one of the two');
    if (Object.keys(replace).length > 0)
      refuse('replace', 'there is no message to replace anything in', 'remove it');
    if (!authenticated)
      refuse('authenticated', 'features are those of authenticated mail', 'give a message instead');
  });

/** `tests/*.yaml`. What is left out keeps its default. */
export const ruleTestsSchema = z.strictObject({
  cases: z.array(ruleCase).min(1).max(maxCases).describe('What known mail must come to.'),
});

export type WrittenCase = z.output<typeof ruleCase>;
export type WrittenBaseline = Exclude<WrittenCase['baseline'], 'none'>;

/** What a case expects; what is left out is not compared. */
export type Expectation = WrittenCase['expect'];
