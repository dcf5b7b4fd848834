import { z } from 'zod';
import { defaultQuarantineDays, expiryOf } from './expiry.ts';
import { isDeliveredToAll } from './held-states.ts';
import type { HeldMessage } from './quarantine.ts';

const count = z.number().nonnegative();

const peer = z.object({
  clientAddress: z.string(),
  clientPort: z.number(),
  clientHostname: z.string().nullable(),
  helo: z.string(),
  protocol: z.enum(['SMTP', 'ESMTP', 'ESMTPS']),
});

const connection = peer.extend({ relay: peer.exactOptional() });

const envelope = z.object({
  mailFrom: z.string(),
  rcptTo: z.array(z.string()).min(1),
  mailParameters: z.string(),
  rcptParameters: z.array(z.string()),
});

const valueTouch = z.object({
  table: z.string(),
  value: z.string(),
  domains: count,
  recipients: count,
  actors: count,
});

const lesson = z.object({
  id: z.string(),
  alias: z.string(),
  day: z.number().int(),
  counters: z.record(z.string(), z.number()),
  values: z.array(valueTouch),
});

const delivery = z.object({
  recipient: z.string(),
  at: z.iso.datetime(),
  reply: z.string(),
  delivered: z.boolean(),
});

const term = z.object({
  signal: z.string(),
  bits: z.number(),
  observed: z.string(),
  baseline: z.string(),
});

const explanation = z.object({
  terms: z.array(term),
  cause: z.string(),
  benignCause: z.string(),
  pValue: z.number().nullable(),
  tagBits: z.number(),
  quarantineBits: z.number(),
  quarantineChance: z.number(),
  messages: count,
  days: count,
  since: z.string().nullable(),
});

/** Of mail held before descriptions had one. */
const unexplained = {
  terms: [],
  cause: '',
  benignCause: '',
  pValue: null,
  tagBits: 8,
  quarantineBits: 12,
  quarantineChance: 1e-4,
  messages: 0,
  days: 0,
  since: null,
};

const described = z.object({
  id: z.string(),
  heldAt: z.iso.datetime(),
  state: z.enum(['held', 'released', 'deleted']).optional(),
  closedAt: z.iso.datetime().nullable().default(null),
  expiresAt: z.iso.datetime().optional(),
  expiryNoticedAt: z.iso.datetime().nullable().default(null),
  alias: z.string(),
  verdict: z.string(),
  scoreBits: z.number(),
  reason: z.string(),
  cause: z.string(),
  campaign: z.string().default(''), // absent from mail held before there were campaigns
  ruleset: z.string(),
  onlyUnder: z.string().default(''), // absent from mail held before sets of rules were compared
  messageId: z.string(),
  from: z.string(),
  subject: z.string(),
  sizeBytes: count,
  connection,
  envelope,
  lesson: lesson.nullable(),
  explanation: explanation.default(unexplained),
  deliveries: z.array(delivery),
});

/** Older descriptions have no state and do not expire: it follows from what is there, as it does for new ones. */
export const heldMessage = described.transform(({ state, expiresAt, ...held }): HeldMessage => {
  const { deliveries, heldAt } = held;
  const closed = {
    state: 'released',
    closedAt: held.closedAt ?? deliveries.at(-1)?.at ?? null,
  } as const;
  return {
    ...held,
    ...(state === undefined && isDeliveredToAll(held) ? closed : { state: state ?? 'held' }),
    expiresAt: expiresAt ?? expiryOf(heldAt, defaultQuarantineDays),
  };
});
