import * as z from 'zod';
import { quarantineSchema, tagSchema } from './budget-schema.ts';
import { activationSchema } from './activation-schema.ts';
import { limitsSchema } from './limits-schema.ts';
import { addressPattern, domainName, listOf } from './name-schemas.ts';
import { warningSchema } from './warning-schema.ts';

const onFailure = z.enum(['relay', 'defer']).default('relay');
const mode = z.enum(['shadow', 'tag', 'enforce']);
const action = z.enum(['pass', 'tag', 'quarantine', 'defer', 'reject']);

/** How far an action keeps mail from its recipient. */
const severity = { pass: 0, tag: 1, quarantine: 2, defer: 2, reject: 2 } as const;

/** `policy.yaml`. What is left out keeps its default. */
export const policySchema = z
  .strictObject({
    mode: mode.default('tag'),
    recipientDomains: z
      .array(z.strictObject({ domains: listOf(domainName, 10_000), mode }))
      .max(100)
      .default([]),
    actions: z
      .strictObject({ suspicious: action.default('tag'), anomalous: action.default('quarantine') })
      .prefault({}),
    tag: tagSchema,
    quarantine: quarantineSchema,
    limits: limitsSchema,
    breaker: z
      .strictObject({
        enabled: z.boolean().default(true),
        systemicBits: z.number().min(5).max(1000).default(20),
        quietMinutes: z.number().min(1).max(1440).default(30),
      })
      .prefault({}),
    impersonation: z.strictObject({ action: action.default('tag') }).prefault({}),
    warning: warningSchema,
    failOpen: z
      .strictObject({
        store: onFailure,
        dns: onFailure,
        malformed: onFailure,
        limit: onFailure,
        deadline: onFailure,
        bug: onFailure,
      })
      .prefault({}),
    watch: listOf(addressPattern, 10_000).default([]),
    learning: z
      .strictObject({
        windowDays: z.int().min(14).max(730).default(180),
        pooledPriors: z.boolean().default(true),
      })
      .prefault({}),
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
