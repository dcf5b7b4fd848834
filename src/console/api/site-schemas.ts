import * as z from 'zod';
import { breakerCauses } from '../../decision/breaker.ts';
import { scopes } from '../access/tokens.ts';
import type { ConsoleStatus } from '../sources.ts';
import { count, nameSchemas } from './shared-schemas.ts';

const budget = z.object({
  chance: z.number().describe('Per honest message'),
  alertsPerDay: z.number().nullable(),
  floorBits: z.number(),
});

export const rules = z
  .object({
    version: z.string(),
    mode: z.enum(['shadow', 'tag', 'enforce']),
    aliases: count,
    tag: budget,
    quarantine: budget,
  })
  .describe('The rule set in force');

const fact = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const auditEntry = z
  .object({
    id: z.string(),
    at: z.string(),
    act: z.string(),
    actor: z.object({ kind: z.string(), name: z.string(), via: z.string() }),
    subject: z.string(),
    reason: z.string(),
    facts: z.record(z.string(), fact),
    personal: z.record(z.string(), z.string().nullable()).describe('Null where it was erased'),
  })
  .describe('One line of the audit log');

export const status = z
  .object({
    version: z.string(),
    ruleset: z.string(),
    mode: z.enum(['shadow', 'tag', 'enforce']),
    startedAt: z.string(),
    readiness: z.object({
      status: z.enum(['ready', 'degraded', 'draining', 'unavailable']),
      nextHop: z.enum(['up', 'down']),
      store: z.enum(['up', 'down']),
    }),
    breaker: z
      .object({ cause: z.enum(breakerCauses), reason: z.string(), openedAt: z.string() })
      .nullable(),
    budgets: z.object({ tag: z.number().nullable(), quarantine: z.number().nullable() }),
    traffic: z
      .array(
        z.object({
          hour: z.string(),
          verdicts: z.record(z.string(), count),
          actions: z.record(z.string(), count),
        }),
      )
      .readonly(),
  })
  .describe('How the proxy is') satisfies z.ZodType<ConsoleStatus>;

export const aliasSummary = z
  .object({
    id: z.string(),
    vendor: z.string().nullable().describe('Null without a pack'),
    watched: z.boolean(),
    hasHistory: z.boolean(),
  })
  .describe('An alias that is watched, or has history');

const valueFacts = z.object({
  table: z.string(),
  value: z.string(),
  firstDay: z.string().describe('Date'),
  messages: count,
  days: count,
});

export const baseline = z
  .object({
    alias: z.string(),
    messages: count.describe('Learned and matured'),
    days: count,
    since: z.string().nullable(),
    isStartingUp: z.boolean(),
    daily: z.array(z.object({ day: z.string(), messages: count })),
    scores: z.array(z.object({ bits: z.number(), messages: count })),
    values: z.array(valueFacts).describe('At most 2,000, those with most messages first'),
  })
  .describe('What was learned of an alias');

export const session = z.object({
  id: z.string(),
  operator: z.string(),
  address: z.string(),
  begunAt: z.string(),
  seenAt: z.string(),
});

export const token = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  madeAt: z.string(),
  expiresAt: z.string(),
  usedAt: z.string().nullable(),
});

export const operator = z.object({
  name: z.string(),
  role: z.enum(['viewer', 'operator', 'admin']),
});

nameSchemas({
  Rules: rules,
  AuditEntry: auditEntry,
  Status: status,
  AliasSummary: aliasSummary,
  Baseline: baseline,
  Session: session,
  Token: token,
  Operator: operator,
});
