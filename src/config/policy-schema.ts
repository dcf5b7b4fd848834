import * as z from 'zod';
import { action, mode, onFailure } from './action-schema.ts';
import { backtestSchema } from './backtest-schema.ts';
import { quarantineSchema, tagSchema } from './budget-schema.ts';
import { activationSchema } from './activation-schema.ts';
import { limitsSchema } from './limits-schema.ts';
import { addressPattern, domainName, listOf } from './name-schemas.ts';
import { warningSchema } from './warning-schema.ts';

/** How far an action keeps mail from its recipient. */
const severity = { pass: 0, tag: 1, quarantine: 2, defer: 2, reject: 2 } as const;

/** `policy.yaml`. What is left out keeps its default. */
export const policySchema = z
  .strictObject({
    mode: mode.default('tag'),
    recipientDomains: z
      .array(
        z.strictObject({
          domains: listOf(domainName, 10_000).describe(
            'Domains of recipients; those below a named one are not meant.',
          ),
          mode,
        }),
      )
      .max(100)
      .default([])
      .meta({
        description:
          'Another mode for the mail of some recipients, for example to enforce for one department first.',
        examples: [[{ domains: ['finance.example.com'], mode: 'enforce' }]],
      }),
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
  })
  .superRefine(({ tag, quarantine, actions }, context) => {
    if (severity[actions.anomalous] < severity[actions.suspicious]) {
      context.addIssue({
        code: 'custom',
        path: ['actions', 'anomalous'],
        message: `must not be milder than what happens to suspicious mail (actions.suspicious is ${actions.suspicious})`,
        params: { hint: `write \`${actions.suspicious}\`, or a milder one for suspicious` },
      });
    }
    const unit = tag.alertsPerDay === null ? 'budget' : 'alertsPerDay';
    const most = tag[unit] ?? Infinity;
    // A share and a number a day cannot be compared before mail has been counted.
    const comparable = (quarantine.alertsPerDay === null) === (tag.alertsPerDay === null);
    if (comparable && (quarantine[unit] ?? 0) > most) {
      context.addIssue({
        code: 'custom',
        path: ['quarantine', unit],
        message: `holding mail must not be more frequent than tagging it (tag.${unit} is ${most})`,
        params: { hint: `write at most ${most}` },
      });
    }
    if (quarantine.floorBits < tag.floorBits) {
      context.addIssue({
        code: 'custom',
        path: ['quarantine', 'floorBits'],
        message: `holding mail must not need less evidence than tagging it (tag.floorBits is ${tag.floorBits})`,
        params: { hint: `write at least ${tag.floorBits}` },
      });
    }
  })
  .superRefine(({ recipientDomains, warning }, context) => {
    refuseRepeated(recipientDomains, { path: ['recipientDomains'], has: 'a mode' }, context);
    refuseRepeated(
      warning.recipientDomains,
      { path: ['warning', 'recipientDomains'], has: 'a warning' },
      context,
    );
  });

type Overrides = { readonly path: readonly string[]; readonly has: string };

/** Of two entries with one domain one would be silently without effect. */
function refuseRepeated(
  entries: readonly { readonly domains: readonly string[] }[],
  { path, has }: Overrides,
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  entries.forEach(({ domains }, entry) => {
    domains.forEach((domain, index) => {
      if (!seen.has(domain)) return;
      context.addIssue({
        code: 'custom',
        path: [...path, entry, 'domains', index],
        message: `\`${domain}\` has ${has} already`,
        params: { hint: 'remove one of the two' },
      });
    });
    for (const domain of domains) seen.add(domain);
  });
}
