import * as z from 'zod';
import { mailFunctions } from '../alias/alias.ts';
import { vendorSlug } from '../alias/vendor-slug.ts';
import { scopeOf } from '../decision/override-scope.ts';
import {
  type PolicyOverride,
  type PolicySettings,
  type SelectorKind,
  type Selectors,
} from '../decision/policy-override.ts';
import { action, mode } from './action-schema.ts';
import { quarantineSettings, tagSettings, usualBudgets } from './budget-schema.ts';
import { limitsSettings } from './limits-schema.ts';
import { domainName, listOf, recipientAddress, slug, title } from './name-schemas.ts';
import { warningSettings } from './warning-schema.ts';

const mailFunction = z.enum(mailFunctions);

/** At least one name: an empty list would be for nobody. */
function names<Item extends z.ZodType<string>>(item: Item, maxEntries: number) {
  return listOf(item, maxEntries)
    .refine((entries) => entries.length > 0, {
      error: 'names nothing',
      params: { hint: 'name at least one, or remove the key' },
    })
    .optional();
}

/** The two ways to write each kind: one name, or a list. */
export const selectorKeys: Readonly<Record<SelectorKind, readonly [one: string, list: string]>> = {
  vendor: ['vendor', 'vendors'],
  alias: ['alias', 'aliases'],
  function: ['function', 'functions'],
  recipientDomain: ['recipientDomain', 'recipientDomains'],
  recipient: ['recipient', 'recipients'],
};

const forSchema = z
  .strictObject({
    recipient: recipientAddress
      .optional()
      .meta({ description: 'Mail to this address.', examples: ['jo@example.com'] }),
    recipients: names(recipientAddress, 10_000).meta({
      description: 'Mail to any of these addresses.',
      examples: [['jo@example.com', 'al@example.com']],
    }),
    recipientDomain: domainName.optional().meta({
      description: 'Mail to anybody in this domain, but not in those below it.',
      examples: ['finance.example.com'],
    }),
    recipientDomains: names(domainName, 10_000).meta({
      description: 'Mail to anybody in any of these domains, but not in those below them.',
      examples: [['finance.example.com']],
    }),
    function: mailFunction.optional().meta({
      description: 'Mail for this, as the templates of its pack say.',
      examples: ['otp'],
    }),
    functions: names(mailFunction, mailFunctions.length).meta({
      description: 'Mail for any of these, as the templates of its pack say.',
      examples: [['otp', 'security']],
    }),
    alias: slug.optional().meta({
      description: 'Mail of this alias, by its id (`aliaswatch alias list`).',
      examples: ['paypal-service'],
    }),
    aliases: names(slug, 1000).meta({
      description: 'Mail of any of these aliases, by id (`aliaswatch alias list`).',
      examples: [['paypal-service']],
    }),
    vendor: title.optional().meta({
      description: 'Mail of every alias of this vendor.',
      examples: ['PayPal'],
    }),
    vendors: names(title, 1000).meta({
      description: 'Mail of every alias of any of these vendors.',
      examples: [['PayPal', 'DocuSign']],
    }),
  })
  .meta({
    description: 'Which mail is meant: that which fits every kind that is named here.',
    examples: [{ alias: 'paypal-service' }],
  });

const setSchema = z
  .strictObject({
    mode: mode.optional(),
    actions: z
      .strictObject({
        suspicious: action.optional().describe('What happens to mail past the first budget.'),
        anomalous: action.optional().describe('What happens to mail past the second budget.'),
      })
      .optional()
      .describe('What `mode: enforce` does with such mail.'),
    tag: tagSettings.optional().describe('The first budget of such mail.'),
    quarantine: quarantineSettings.optional().describe('The second budget of such mail.'),
    impersonation: z
      .strictObject({ action: action.optional() })
      .optional()
      .describe('What happens to mail that claims such an alias and is not its.'),
    limits: limitsSettings.optional(),
    warning: warningSettings.optional(),
  })
  .meta({
    description: 'What is otherwise for such mail; what is left out stays as it is.',
    examples: [{ mode: 'enforce' }],
  });

type ForInput = z.output<typeof forSchema>;
type SetInput = z.output<typeof setSchema>;

const overrideSchema = z
  .strictObject({ for: forSchema, set: setSchema })
  .superRefine((override, context) => {
    // A mistyped key is all that is wrong then.
    if (context.issues.length > 0) return;
    if (Object.keys(override.for).length === 0)
      context.addIssue({
        code: 'custom',
        path: ['for'],
        message: 'names nobody: what is for all stands in the policy itself',
        params: {
          hint: 'name one or more of: recipient(s), recipientDomain(s), function(s), alias(es), vendor(s)',
        },
      });
    if (isEmpty(override.set))
      context.addIssue({
        code: 'custom',
        path: ['set'],
        message: 'sets nothing',
        params: { hint: `set one or more of: ${Object.keys(setSchema.shape).join(', ')}` },
      });
  })
  .transform((override): PolicyOverride => {
    const selectors = selectorsFrom(override.for);
    return { for: selectors, set: settingsFrom(override.set, scopeOf(selectors)) };
  })
  .describe('Other settings for some mail.');

/** `policy.yaml: overrides`. Names of aliases and vendors are held against the catalogue elsewhere. */
export const overridesSchema = z
  .array(overrideSchema)
  .max(500)
  .default([])
  .meta({
    description:
      'Other settings for some mail. From low to high: vendor, alias, function, recipient domain, recipient; of equals the later wins.',
    examples: [[{ for: { recipientDomains: ['finance.example.com'] }, set: { mode: 'enforce' } }]],
  });

function selectorsFrom(given: ForInput): Selectors {
  const kinds = Object.entries(selectorKeys) as [SelectorKind, readonly [string, string]][];
  const written: Readonly<Record<string, string | readonly string[] | undefined>> = given;
  return Object.fromEntries(
    kinds.flatMap(([kind, keys]) => {
      const all = keys.flatMap((key) => written[key] ?? []);
      const named = kind === 'vendor' ? all.map(vendorSlug) : all;
      return named.length === 0 ? [] : [[kind, new Set(named)] as const];
    }),
  );
}

function settingsFrom({ tag, quarantine, ...others }: SetInput, scope: string): PolicySettings {
  return withoutUndefined({
    ...others,
    tag: tag && withScope(tag, { scope, usual: usualBudgets.tag }),
    quarantine: quarantine && withScope(quarantine, { scope, usual: usualBudgets.quarantine }),
  });
}

/** One of the two takes the place of whichever stood there before. */
function withScope<Given extends NonNullable<SetInput['tag']>>(
  given: Given,
  { scope, usual }: { readonly scope: string; readonly usual: number },
) {
  const { budget, alertsPerDay } = given;
  if (budget === undefined && alertsPerDay === undefined) return given;
  return { ...given, budget: budget ?? usual, alertsPerDay: alertsPerDay ?? null, scope };
}

/** A ceiling that is switched off is something. */
function isEmpty(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return settings === undefined;
  return Object.values(settings).every(isEmpty);
}

/** Absent and undefined are one in a file, and two where settings are put over others. */
function withoutUndefined(settings: object): PolicySettings {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
      if (value === undefined) return [];
      const isPart = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [[key, isPart ? withoutUndefined(value) : value] as const];
    }),
  );
}
