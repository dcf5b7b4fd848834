import * as z from 'zod';
import { listOf, slug, title } from './name-schemas.ts';

/** Each is a label of metrics. */
export const maxConditions = 200;

const bits = z
  .number()
  .min(-20)
  .max(20)
  .refine((value) => value !== 0, {
    error: '`0` bits change nothing',
    params: {
      hint: 'write a positive number for what is suspicious, a negative one for what is not',
    },
  })
  .meta({
    description:
      'Added to the score where the condition is true, in bits: 4 makes an attack 16 times as likely. From -20 to 20.',
    examples: [4, -3],
  });

const action = z.enum(['tag', 'quarantine', 'defer', 'reject']).meta({
  description:
    'What is done at least. Without `forced` it goes no further than a score could: a young baseline holds nothing.',
  examples: ['tag'],
});

const effect = z
  .strictObject({ bits: bits.optional(), action: action.optional() })
  .superRefine((given, context) => {
    const named = Object.keys(given);
    if (named.length === 1) return;
    context.addIssue({
      code: 'custom',
      path: named.length === 2 ? ['action'] : [],
      message:
        named.length === 2
          ? 'an effect is bits or an action, not both'
          : 'this effect does nothing',
      params: {
        hint:
          named.length === 2
            ? 'make two conditions of it, or leave one out'
            : 'write `{bits: 4}` or `{action: tag}`',
        on: named.length === 2 ? 'key' : 'value',
      },
    });
  })
  .meta({
    description: 'What a match does: moves the score by `bits`, or asks for an `action`.',
    examples: [{ bits: 4 }, { action: 'tag' }],
  });

const condition = z
  .strictObject({
    id: slug.meta({
      description: 'Stable name, in headers, logs and metrics.',
      examples: ['refund-by-phone'],
    }),
    name: title.meta({
      description: 'What it finds, in the words of an explanation.',
      examples: ['Refund lure with a telephone number'],
    }),
    description: z
      .string()
      .trim()
      .max(2000)
      .default('')
      .meta({
        description: 'Why it is here, for whoever reads it next.',
        examples: ['Seen in May.'],
      }),
    aliases: listOf(
      slug.meta({ description: 'Id of an alias, or a vendor as a slug.', examples: ['paypal'] }),
      1000,
    )
      .default([])
      .meta({
        description:
          'Asked only of these; empty for all. Cheaper than asking `alias.id` in `when`.',
        examples: [['paypal']],
      }),
    when: z
      .string()
      .max(4000)
      .meta({
        description:
          'What must be true, in CEL; docs/conditions.md lists every field and function.',
        examples: ['hasPhone(message.subject) && message.subject.mentions(["refund"])'],
      }),
    effect,
    forced: z
      .boolean()
      .default(false)
      .meta({
        description:
          'Its action holds also where the history is too young to hold mail, or its bits alone may reach quarantine.',
        examples: [true],
      }),
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: 'False for an example: checked, but never asked.', examples: [false] }),
    references: listOf(
      z
        .string()
        .trim()
        .min(1)
        .max(500)
        .meta({
          description: 'A web address, or a ticket.',
          examples: ['https://example.com/report'],
        }),
      50,
    )
      .default([])
      .meta({ description: 'Where the pattern is described.', examples: [['SEC-1234']] }),
  })
  .meta({
    description: 'One condition.',
    examples: [{ id: 'a', name: 'A', when: 'recipients.count > 10', effect: { bits: 1 } }],
  });

/** `conditions.yaml`; a rules directory without one has no conditions. */
export const conditionsSchema = z
  .strictObject({
    conditions: z
      .array(condition)
      .max(maxConditions)
      .default([])
      .meta({
        description: 'At most 200; each that is enabled is asked of every message of its aliases.',
        examples: [[]],
      }),
  })
  .superRefine(({ conditions }, context) => {
    const seen = new Set<string>();
    conditions.forEach(({ id }, index) => {
      if (seen.has(id))
        context.addIssue({
          code: 'custom',
          path: ['conditions', index, 'id'],
          message: `condition \`${id}\` stands here already`,
          params: { hint: 'give one of the two another id' },
        });
      seen.add(id);
    });
  });
