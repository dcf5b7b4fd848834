import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { QuarantineError, errorCode } from './quarantine-error.ts';
import type { HeldMessage } from './quarantine.ts';

const maxDescriptionBytes = 4 * 1024 * 1024;

const count = z.number().nonnegative();

const connection = z.object({
  clientAddress: z.string(),
  clientPort: z.number(),
  clientHostname: z.string().nullable(),
  helo: z.string(),
  protocol: z.enum(['SMTP', 'ESMTP', 'ESMTPS']),
});

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

const heldMessage = z.object({
  id: z.string(),
  heldAt: z.iso.datetime(),
  alias: z.string(),
  verdict: z.string(),
  scoreBits: z.number(),
  reason: z.string(),
  cause: z.string(),
  campaign: z.string().default(''), // absent from mail held before there were campaigns
  ruleset: z.string(),
  messageId: z.string(),
  from: z.string(),
  subject: z.string(),
  sizeBytes: count,
  connection,
  envelope,
  lesson: lesson.nullable(),
  deliveries: z.array(delivery),
}) satisfies z.ZodType<HeldMessage>;

/** @throws when it could not be read back: such a message must not be acknowledged. */
export function renderDescription(message: HeldMessage): Buffer {
  const text = `${JSON.stringify(message, null, 2)}\n`;
  parse(text);
  return Buffer.from(text);
}

/** @throws QuarantineError `damaged`, saying what is wrong with `<id>.json`. */
export async function readDescription(directory: string, id: string): Promise<HeldMessage> {
  const path = join(directory, `${id}.json`);
  try {
    if ((await stat(path)).size > maxDescriptionBytes)
      throw new Error('larger than any description');
    const message = parse(await readFile(path, 'utf8'));
    if (message.id !== id) throw new Error(`describes message ${message.id}`);
    return message;
  } catch (error) {
    throw new QuarantineError('damaged', `${path} is damaged: ${errorCode(error)}`, {
      cause: error,
    });
  }
}

function parse(text: string): HeldMessage {
  const parsed = heldMessage.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    issue ? `${issue.path.join('.') || 'description'}: ${issue.message}` : 'not a description',
  );
}
