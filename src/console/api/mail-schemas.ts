import * as z from 'zod';
import type { HeldMessage, HeldSummary } from '../../quarantine/quarantine.ts';
import type {
  Act,
  Approval,
  CampaignMember,
  CampaignSummary,
  MessageFound,
  Notifying,
  Told,
} from '../../review/review.ts';
import type { RecipientRequest } from '../sources.ts';
import { count, nameSchemas } from './shared-schemas.ts';

const reviewer = z.object({
  kind: z.enum(['operator', 'recipient', 'proxy']),
  name: z.string(),
  via: z.enum(['command', 'console', 'api', 'link', 'schedule']),
});

export const heldMessage = z
  .object({
    id: z.string(),
    heldAt: z.string().describe('ISO 8601, UTC'),
    state: z.enum(['held', 'released', 'deleted']).describe('`deleted` can be undone'),
    closedAt: z.string().nullable().describe('When it was released or deleted'),
    expiresAt: z.string().describe('When `quarantineExpiry` is applied to it'),
    expiryNoticedAt: z.string().nullable().describe('Null as long as nothing expires'),
    alias: z.string(),
    verdict: z.string(),
    scoreBits: z.number(),
    reason: z.string(),
    cause: z.string(),
    campaign: z.string().describe('Id of its campaign, or empty'),
    ruleset: z.string(),
    onlyUnder: z
      .string()
      .describe('Version of the rules without which it would not be held, or empty'),
    messageId: z.string(),
    from: z.string(),
    subject: z.string(),
    sizeBytes: count,
    connection: z.object({
      clientAddress: z.string(),
      clientPort: z.number(),
      clientHostname: z.string().nullable(),
      helo: z.string(),
      protocol: z.enum(['SMTP', 'ESMTP', 'ESMTPS']),
    }),
    envelope: z.object({
      mailFrom: z.string(),
      rcptTo: z.array(z.string()),
      mailParameters: z.string(),
      rcptParameters: z.array(z.string()),
    }),
    deliveries: z
      .array(
        z.object({
          recipient: z.string(),
          at: z.string(),
          reply: z.string(),
          delivered: z.boolean(),
        }),
      )
      .describe('Replies of the next hop; a recipient without a delivered one is still held'),
  })
  .describe('A message in quarantine') satisfies z.ZodType<HeldSummary>;

const explanation = z
  .object({
    terms: z.array(
      z.object({
        signal: z.string(),
        bits: z.number(),
        observed: z.string(),
        baseline: z.string(),
      }),
    ),
    cause: z.string(),
    benignCause: z.string(),
    pValue: z.number().nullable().describe('Chance that an honest message scores as high'),
    tagBits: z.number(),
    quarantineBits: z.number(),
    quarantineChance: z.number(),
    messages: count,
    days: count,
    since: z.string().nullable(),
  })
  .describe('Why it was held, in numbers: the terms add up to the score');

export const explainedMessage = heldMessage
  .extend({ explanation })
  .describe('A message in quarantine, and why') satisfies z.ZodType<Omit<HeldMessage, 'lesson'>>;

export const preview = z
  .object({
    fields: z.array(z.object({ name: z.string(), body: z.string() })).readonly(),
    fieldCount: count.describe('Of all header fields; the first 200 are in `fields`'),
    text: z.array(z.string()).readonly().describe('Paragraphs of the plain text'),
    htmlText: z.array(z.string()).readonly().describe('Paragraphs of the HTML, without markup'),
    sizeBytes: count,
    isCut: z.boolean().describe('Only the beginning was read'),
    trouble: z.string().nullable().describe('Why the body cannot be read'),
  })
  .describe('A held message as plain text: nothing in it is run or fetched');

const told = z
  .object({
    to: z.enum(['recipients', 'admins']),
    people: count.describe('Who has a copy, or the administrators'),
    news: count.describe('Those of them who hear of something new; the others were told before'),
    messages: count.describe('Messages that somebody has'),
    nameless: count.describe('Recipients left out: their addresses are not remembered'),
    confirmed: z.boolean().describe('Somebody confirmed that it is an attack'),
  })
  .describe('How far word of an attack goes') satisfies z.ZodType<Told>;

export const notifying = told
  .extend({
    notice: z
      .object({ to: z.string(), subject: z.string(), text: z.string() })
      .describe('What one of them would be sent'),
  })
  .describe('What `notify` would do now') satisfies z.ZodType<Notifying>;

const effect = z.object({
  message: z.string(),
  outcome: z.enum(['done', 'partly', 'already', 'refused', 'missing']),
  detail: z.string().describe('For a person; the next hop’s reply where it refused'),
  recipients: z
    .array(
      z.object({
        recipient: z.string(),
        outcome: z.enum(['delivered', 'already-delivered', 'refused', 'not-in-envelope']),
        reply: z.string().nullable(),
      }),
    )
    .readonly()
    .exactOptional()
    .describe('Of a release'),
  learned: z.boolean().exactOptional().describe('Of a release: the baseline learned from it'),
  told: told.exactOptional().describe('Of `notify`'),
});

export const act = z
  .object({
    id: z.string(),
    kind: z.enum([
      'release',
      'delete',
      'confirm-attack',
      'approve-value',
      'approve-message',
      'notify',
      'undo',
    ]),
    by: reviewer,
    at: z.string(),
    reason: z.string(),
    subject: z.string(),
    effects: z.array(effect).readonly(),
    undoneBy: z.string().nullable(),
  })
  .describe('A decision of a person, and what it did to each message') satisfies z.ZodType<Act>;

export const approval = z
  .object({
    alias: z.string(),
    table: z.string(),
    value: z.string(),
    by: reviewer,
    at: z.string(),
    expiresAt: z.string(),
    reason: z.string(),
  })
  .describe('A value that somebody declared ordinary for an alias') satisfies z.ZodType<Approval>;

export const campaign = z
  .object({
    id: z.string(),
    about: z.string().describe('What its members share'),
    aliases: z.array(z.string()).readonly(),
    firstSeen: z.string(),
    lastSeen: z.string(),
    members: count,
    held: count,
    confirmed: z.boolean(),
  })
  .describe('Copies of one attack') satisfies z.ZodType<CampaignSummary>;

export const member = z
  .object({
    id: z.string(),
    at: z.string(),
    alias: z.string(),
    messageId: z.string(),
    from: z.string(),
    subject: z.string(),
    recipients: z.array(z.string()).readonly(),
    moreRecipients: count.exactOptional().describe('Others, whose addresses are not remembered'),
    scoreBits: z.number(),
    state: z.enum(['held', 'released', 'deleted', 'delivered-tagged', 'delivered-before-flag']),
    reply: z.string().describe('The next hop’s final reply, which names its queue id'),
  })
  .describe('One message of a campaign, held or delivered') satisfies z.ZodType<CampaignMember>;

export const delivery = member
  .extend({
    state: z.enum([
      'held',
      'released',
      'deleted',
      'delivered-tagged',
      'delivered-before-flag',
      'delivered',
    ]),
    verdict: z.string(),
    campaign: z.string(),
    isApprovable: z.boolean().describe('`approve-message` would learn from it'),
  })
  .describe('Watched mail that passed or was held') satisfies z.ZodType<MessageFound>;

export const request = z
  .object({
    id: z.string(),
    kind: z.enum(['release', 'report']),
    message: z.string(),
    recipient: z.string(),
    at: z.string(),
    state: z.enum(['open', 'granted', 'declined']),
    closedBy: z.string(),
    detail: z.string(),
  })
  .describe('What a recipient asked for') satisfies z.ZodType<RecipientRequest>;

nameSchemas({
  HeldMessage: heldMessage,
  Explanation: explanation,
  ExplainedMessage: explainedMessage,
  Preview: preview,
  Told: told,
  Notifying: notifying,
  Act: act,
  Approval: approval,
  Campaign: campaign,
  CampaignMember: member,
  Delivery: delivery,
  RecipientRequest: request,
});
