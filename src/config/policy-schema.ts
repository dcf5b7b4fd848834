import * as z from 'zod';
import { addressPattern, domainName, listOf } from './name-schemas.ts';

const budget = z.number().positive().max(0.1);
const floorBits = z.number().min(0).max(100);
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
    tag: z
      .strictObject({ budget: budget.default(1e-3), floorBits: floorBits.default(8) })
      .prefault({}),
    quarantine: z
      .strictObject({
        budget: budget.default(1e-4),
        floorBits: floorBits.default(12),
        minMessages: z.int().min(0).max(1_000_000).default(200),
        minDays: z.int().min(0).max(3650).default(7),
      })
      .prefault({}),
    impersonation: z.strictObject({ action: action.default('tag') }).prefault({}),
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
    learning: z.strictObject({ windowDays: z.int().min(14).max(730).default(180) }).prefault({}),
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
    if (quarantine.budget > tag.budget) {
      context.addIssue({
        code: 'custom',
        path: ['quarantine', 'budget'],
        message: `holding mail must not be more frequent than tagging it (tag.budget is ${tag.budget})`,
        params: { hint: `write at most ${tag.budget}` },
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
  .superRefine(({ recipientDomains }, context) => {
    const seen = new Set<string>();
    recipientDomains.forEach(({ domains }, entry) => {
      domains.forEach((domain, index) => {
        if (seen.has(domain)) {
          context.addIssue({
            code: 'custom',
            path: ['recipientDomains', entry, 'domains', index],
            message: `\`${domain}\` has a mode already`,
            params: { hint: 'remove one of the two' },
          });
        }
      });
      for (const domain of domains) seen.add(domain);
    });
  });
