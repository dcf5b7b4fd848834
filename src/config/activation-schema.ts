import * as z from 'zod';
import { gateSchema } from './backtest-schema.ts';

/** `policy.yaml: activation`. The set in force decides how careful to be with the next one. */
export const activationSchema = z
  .strictObject({
    watchFiles: z
      .boolean()
      .default(true)
      .meta({
        description: 'Whether a changed file under the rules directory activates what is there.',
        examples: [true],
      }),
    stage: z
      .enum(['enforce', 'shadow', 'canary'])
      .default('enforce')
      .meta({
        description: 'How a new set begins.',
        enumDescriptions: [
          'in force for all mail at once',
          'judged beside the set in force, and written down only',
          'in force for a share of the mail',
        ],
        examples: ['canary'],
      }),
    canaryShare: z
      .number()
      .gt(0)
      .max(1)
      .default(0.05)
      .meta({ description: 'That share.', examples: [0.05] }),
    gate: gateSchema,
  })
  .prefault({})
  .describe('How careful to be with the next set of rules; the set in force decides.');
