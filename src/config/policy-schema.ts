import * as z from 'zod';
import { addressPattern, listOf } from './name-schemas.ts';

const budget = z.number().positive().max(0.1);
const floorBits = z.number().min(0).max(100);
const onFailure = z.enum(['relay', 'defer']).default('relay');

/** `policy.yaml`. What is left out keeps its default. */
export const policySchema = z
  .strictObject({
    mode: z.enum(['shadow', 'tag', 'enforce']).default('tag'),
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
    impersonation: z
      .strictObject({
        action: z.enum(['pass', 'tag', 'quarantine', 'defer', 'reject']).default('tag'),
      })
      .prefault({}),
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
  .superRefine(({ tag, quarantine }, context) => {
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
  });
