import * as z from 'zod';
import { action, mode, onFailure } from './action-schema.ts';
import { backtestSchema } from './backtest-schema.ts';
import { quarantineSchema, tagSchema } from './budget-schema.ts';
import { activationSchema } from './activation-schema.ts';
import { limitsSchema } from './limits-schema.ts';
import { addressPattern, listOf } from './name-schemas.ts';
import { overridesSchema } from './override-schema.ts';
import { policyFaults } from './policy-faults.ts';
import { warningSchema } from './warning-schema.ts';

/** `policy.yaml`. What is left out keeps its default. */
export const policySchema = z
  .strictObject({
    mode: mode.default('tag'),
    actions: z
      .strictObject({
        suspicious: action
          .default('tag')
          .describe('What happens to mail past the first budget (`tag`).'),
        anomalous: action
          .default('quarantine')
          .describe(
            'What happens to mail past the second budget (`quarantine`); never milder than `suspicious`.',
          ),
      })
      .prefault({})
      .describe(
        'What `mode: enforce` does. Where an alias has neither a vendor pack nor enough history, nothing beyond tag is done.',
      ),
    tag: tagSchema,
    quarantine: quarantineSchema,
    limits: limitsSchema,
    breaker: z
      .strictObject({
        enabled: z
          .boolean()
          .default(true)
          .meta({ description: 'Whether the breaker may open.', examples: [true] }),
        systemicBits: z
          .number()
          .min(5)
          .max(1000)
          .default(20)
          .meta({
            description:
              '-log2 of the chance that so many aliases are flagged by coincidence, in bits: 7 of 40 are 23.',
            examples: [20],
          }),
        quietMinutes: z
          .number()
          .min(1)
          .max(1440)
          .default(30)
          .meta({
            description: 'Minutes without that pattern after which it closes again.',
            examples: [30],
          }),
      })
      .prefault({})
      .describe(
        'Flags on many unrelated vendors that share a signal but no value mean that something of ours broke. Then mail is only tagged and nothing is learned.',
      ),
    impersonation: z
      .strictObject({ action: action.default('tag') })
      .prefault({})
      .describe(
        'Mail that claims a watched alias (address, display name, look-alike domain) and is not authenticated as it.',
      ),
    warning: warningSchema,
    failOpen: z
      .strictObject({
        store: onFailure.default('relay').describe('Baseline store down, slow or hung.'),
        dns: onFailure.default('relay').describe('No answer from the resolver.'),
        malformed: onFailure.default('relay').describe('The message cannot be parsed.'),
        limit: onFailure.default('relay').describe('The message passes a limit of analysis.'),
        deadline: onFailure.default('relay').describe('Analysis took too long.'),
        bug: onFailure.default('relay').describe('Analysis threw: a bug of ours.'),
      })
      .prefault({})
      .describe('What happens to mail when something of ours fails, by cause.'),
    watch: listOf(addressPattern, 10_000)
      .default([])
      .meta({
        description:
          'Senders to watch without a vendor pack, from history alone. `aliaswatch alias suggest` proposes some.',
        examples: [['billing@example.com', '*@notices.example.com']],
      }),
    learning: z
      .strictObject({
        windowDays: z
          .int()
          .min(14)
          .max(730)
          .default(180)
          .meta({ description: 'Days of history that count.', examples: [180] }),
        pooledPriors: z
          .boolean()
          .default(true)
          .meta({
            description:
              'Whether the priors of causes.yaml follow the aliases of this site. `aliaswatch baseline fit` shows the fit.',
            examples: [true],
          }),
      })
      .prefault({})
      .describe('What history counts, and for what.'),
    backtest: backtestSchema,
    activation: activationSchema,
    overrides: overridesSchema,
  })
  .superRefine((policy, context) => {
    for (const { held, tagged } of policyFaults(policy)) {
      context.addIssue({
        code: 'custom',
        path: held.path.split('.'),
        message: `${held.message} (${tagged.path} is ${tagged.value})`,
        params: { hint: held.hint },
      });
    }
  });
