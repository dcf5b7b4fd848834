import * as z from 'zod';

const share = z.number().min(0).max(1);

/** `policy.yaml: backtest`: how much scored mail is kept. */
export const backtestSchema = z
  .strictObject({
    perAlias: z
      .int()
      .min(0)
      .max(10_000)
      .default(500)
      .meta({
        description:
          'Messages of one alias that are kept, drawn at random from its last days; 0 keeps none.',
        examples: [500],
      }),
    days: z
      .int()
      .min(1)
      .max(90)
      .default(30)
      .meta({ description: 'Days for which a message is kept.', examples: [30] }),
  })
  .prefault({})
  .describe('What `aliaswatch rules backtest` tries other rules on.');

/** `policy.yaml: activation.gate`: what other rules must pass before they take effect. */
export const gateSchema = z
  .strictObject({
    maxNewlyHeldShare: share.default(0.002).meta({
      description: 'Most of the scored mail that other rules may hold anew, as a share.',
      examples: [0.002],
    }),
    maxNewlyTaggedShare: share.default(0.01).meta({
      description: 'Most of the scored mail that they may tag anew, as a share.',
      examples: [0.01],
    }),
    minVectors: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(50)
      .meta({
        description: 'Kept messages below which nothing is refused; a warning says so.',
        examples: [50],
      }),
  })
  .prefault({})
  .describe(
    'What a backtest of the next set must not be past. The limits of the set in force count.',
  );
