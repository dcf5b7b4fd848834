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
const chance = z.number().min(0).max(0.99);
const chances = z.partialRecord(
  z.enum(signalIds),
  z.union([chance, z.array(chance).min(1).max(8)], {
    error: 'is neither a chance nor a list of chances per level',
  }),
);

const a = z.number().min(0.001).max(1000);
const b = z.number().min(0.001).max(100_000);

const signalPrior = z
  .strictObject({
    a: a.optional(),
    b: b.optional(),
    components: z
      .array(z.strictObject({ weight: z.number().min(0.001).max(1000), a, b }))
      .min(1)
      .max(4)
      .optional(),
    cold: z.number().positive().max(0.999),
    coldBy: z.record(z.string().min(1).max(64), z.number().positive().max(0.999)).default({}),
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

const attackCause = z.strictObject({
  id: slug,
  title,
  weight: z.number().positive().max(1000),
  chances,
});

const followingPrior = z.strictObject({
  atMost: z.number().positive().max(0.2),
  times: z.number().positive().max(1),
  of: z.array(z.enum(signalIds)).min(1),
});

const learnedPrior = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('forwarder'), atMost: z.number().positive().max(0.3) }),
  z.strictObject({
    from: z.literal('substitution'),
    base: z.number().positive().max(0.1),
    atMost: z.number().positive().max(0.6),
  }),
]);

const benignCause = z
  .strictObject({
    id: slug,
    title,
    prior: z.union([z.number().positive().max(0.2), followingPrior, learnedPrior, z.null()], {
      error: 'is not a prior: a number up to 0.2, or `null` for the first cause',
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
    signals: z.record(z.enum(signalIds), signalPrior),
    attack: z.array(attackCause).min(1).max(50),
    benign: z.array(benignCause).min(1).max(50),
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
