import * as z from 'zod';
import { signalIds, type SignalId } from '../features/signals.ts';
import { betaMixture } from '../score/beta-mixture.ts';
import type { CauseTable, SignalPrior } from '../score/causes.ts';
import { slug, title } from './name-schemas.ts';

/**
 * A benign cause caps the score of every attack that it could explain: with a chance of .15 instead of .05 for a phone
 * number one cause took body lures from 51 % held to none (measured C11).
 */
const contactPoints = ['phone', 'wallet'] as const;
const maxBenignContactChance = 0.05;

// A chance of 1 would make one absent signal disprove a cause.
const chance = z
  .number()
  .min(0)
  .max(0.99)
  .meta({ description: 'A chance.', examples: [0.3] });
const chances = z
  .partialRecord(
    z.enum(signalIds),
    z
      .union([chance, z.array(chance).min(1).max(8)], {
        error: 'is neither a chance nor a list of chances per level',
      })
      .meta({
        description: 'Chance of the signal under this cause, or one per level from level 1 up.',
        examples: [0.95, [0.8, 0.6, 0.4]],
      }),
  )
  .describe(
    'Chance of each signal under this cause. One that is not named is as likely as in honest mail.',
  );

const a = z
  .number()
  .min(0.001)
  .max(1000)
  .meta({
    description:
      'Beta prior of the rate, events: (events + a) / (messages + a + b). Small: aliases show the signal always or never.',
    examples: [0.2],
  });
const b = z
  .number()
  .min(0.001)
  .max(100_000)
  .meta({ description: 'Beta prior of the rate, messages without the signal.', examples: [60] });
const coldRate = z.number().positive().max(0.999);

const signalPrior = z
  .strictObject({
    a: a.optional(),
    b: b.optional(),
    components: z
      .array(
        z.strictObject({
          weight: z
            .number()
            .min(0.001)
            .max(1000)
            .meta({ description: 'Share of this kind among all aliases.', examples: [0.85] }),
          a,
          b,
        }),
      )
      .min(1)
      .max(4)
      .optional()
      .meta({
        description: 'Instead of a and b: kinds of alias, each with its share of them.',
        examples: [
          [
            { weight: 0.85, a: 0.03, b: 60 },
            { weight: 0.15, a: 0.5, b: 6 },
          ],
        ],
      }),
    cold: coldRate.meta({
      description:
        'Share of honest messages that show it, while everything about an alias is still new.',
      examples: [0.1],
    }),
    coldBy: z
      .record(
        z.string().min(1).max(64),
        coldRate.meta({ description: 'The same share for this thing or level.', examples: [0.01] }),
      )
      .default({})
      .meta({
        description: 'The same for one of the things a signal stands for, or from a level on.',
        examples: [{ phone: 0.002 }, { 2: 0.1 }],
      }),
  })
  .superRefine(({ a, b, components }, context) => {
    const isOne = a !== undefined && b !== undefined;
    const isNeither = a === undefined && b === undefined;
    if (components === undefined ? isOne : isNeither) return;
    context.addIssue({
      code: 'custom',
      message: 'a prior is either `a` and `b`, or `components`',
      params: { hint: 'e.g. {a: 0.5, b: 15, cold: 0.6}' },
    });
  });

function signalPriorFrom({ a, b, components, ...rest }: z.output<typeof signalPrior>): SignalPrior {
  const one = a === undefined || b === undefined ? [] : [{ weight: 1, a, b }];
  return { ...rest, components: betaMixture(components ?? one) };
}

const causeId = slug.describe('Stable name of the cause: in headers, logs and metrics.');
const causeTitle = title.meta({
  description: 'What it is, as an operator reads it in an explanation.',
  examples: ['callback lure in the subject'],
});

const attackCause = z.strictObject({
  id: causeId,
  title: causeTitle,
  weight: z
    .number()
    .positive()
    .max(1000)
    .meta({
      description: 'Share among attacks; all are divided by their sum.',
      examples: [0.08],
    }),
  chances,
});

const most = (limit: number) =>
  z
    .number()
    .positive()
    .max(limit)
    .meta({
      description: 'The most this prior may become, a share of messages.',
      examples: [0.02],
    });

const followingPrior = z.strictObject({
  atMost: most(0.2),
  times: z
    .number()
    .positive()
    .max(1)
    .meta({ description: 'Factor on that rate.', examples: [0.2] }),
  of: z
    .array(z.enum(signalIds))
    .min(1)
    .meta({
      description: "Signals whose rate in the alias's own history the prior follows.",
      examples: [['link']],
    }),
});

const learnedPrior = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('forwarder').meta({
      description: 'The prior is how often mail to these recipients came forwarded.',
      examples: ['forwarder'],
    }),
    atMost: most(0.3),
  }),
  z.strictObject({
    from: z.literal('substitution').meta({
      description:
        'The prior is `base`, more or less by whether the new replaces the old or comes on top.',
      examples: ['substitution'],
    }),
    base: z
      .number()
      .positive()
      .max(0.1)
      .meta({
        description: 'The prior before traffic tells, a share of messages.',
        examples: [0.002],
      }),
    atMost: most(0.6),
  }),
]);

const benignCause = z
  .strictObject({
    id: causeId,
    title: causeTitle,
    prior: z
      .union([z.number().positive().max(0.2), followingPrior, learnedPrior, z.null()], {
        error: 'is not a prior: a number up to 0.2, or `null` for the first cause',
      })
      .meta({
        description:
          'Share of honest messages it explains: a number, or what the number follows; `null` for the first, which takes what the others leave.',
        examples: [0.002, null],
      }),
    chances,
  })
  .superRefine(({ chances }, context) => {
    for (const signal of contactPoints) {
      if (Math.max(...[chances[signal] ?? 0].flat()) <= maxBenignContactChance) continue;
      context.addIssue({
        code: 'custom',
        path: ['chances', signal],
        message: `a contact point may have a chance of at most ${maxBenignContactChance} in a benign cause`,
        params: { hint: 'more would excuse every callback lure on every alias' },
      });
    }
  });

/** `causes.yaml`. */
export const causesSchema = z
  .strictObject({
    signals: z
      .record(z.enum(signalIds), signalPrior)
      .describe('The benign rate of each signal before an alias has history of its own.'),
    attack: z
      .array(attackCause)
      .min(1)
      .max(50)
      .describe("What an attacker does through a vendor's genuine alias."),
    benign: z
      .array(benignCause)
      .min(1)
      .max(50)
      .describe('What makes honest mail unlike its history. The first one is everyday mail.'),
  })
  .superRefine(({ attack, benign }, context) => {
    const complain = (path: (string | number)[], message: string, hint: string) =>
      context.addIssue({ code: 'custom', path, message, params: { hint } });
    const ids = [...attack, ...benign].map(({ id }) => id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) === index) return;
      const path =
        index < attack.length ? ['attack', index, 'id'] : ['benign', index - attack.length, 'id'];
      complain(path, `another cause is called \`${id}\` already`, 'choose another id');
    });
    benign.forEach(({ prior }, index) => {
      if (index === 0 && prior !== null)
        complain(
          ['benign', 0, 'prior'],
          'the first benign cause takes what the others leave',
          'write `prior: null`',
        );
      if (index > 0 && prior === null)
        complain(
          ['benign', index, 'prior'],
          'only the first benign cause has no prior of its own',
          'write how often it happens, e.g. 0.002',
        );
    });
  });

/** Attack weights are shares: they are divided by their sum (measured C12). */
export function causeTableFrom({
  signals,
  attack,
  benign,
}: z.output<typeof causesSchema>): CauseTable {
  const total = attack.reduce((sum, { weight }) => sum + weight, 0);
  const priors = {} as Record<SignalId, SignalPrior>;
  for (const signal of signalIds) priors[signal] = signalPriorFrom(signals[signal]);
  return {
    signals: priors,
    attack: attack.map((cause) => ({ ...cause, weight: cause.weight / total })),
    benign,
  };
}
