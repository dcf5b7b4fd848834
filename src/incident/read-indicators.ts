import { createHash } from 'node:crypto';
import { replaceHead } from '../action/replace-head.ts';
import { readCalendars } from '../message/attachments/read-calendars.ts';
import { readHeader } from '../message/header.ts';
import { parseMessage } from '../message/message.ts';
import type { Content } from '../smtp/content.ts';
import type { KeptMessage } from './incident.ts';
import { indicatorsIn, sha256Of, type Shown } from './indicators.ts';

/** What lies beyond are attachments. */
const readBytes = 4 * 1024 * 1024;

/** The bytes as they were received, without our header fields on top. */
export function receivedContent({ held, content }: KeptMessage): Content {
  return replaceHead(content, content.sizeBytes - held.sizeBytes, Buffer.alloc(0));
}

/** What one message shows; of a message that cannot be parsed its hash alone. */
export async function readIndicators(
  kept: KeptMessage,
  ownDomains: ReadonlySet<string>,
): Promise<Shown> {
  const content = receivedContent(kept);
  const { heldAt: at } = kept.held;
  const sha256 = await hashOf(content);
  const attachments: string[] = [];
  try {
    const bytes = await content.prefix(readBytes);
    const isWhole = bytes.length === content.sizeBytes;
    const message = await parseMessage(bytes, readHeader(bytes), (parts) => {
      // The last attachment of a message that was cut has another hash than the one people have.
      const whole = isWhole ? parts : parts.slice(0, -1);
      attachments.push(...whole.map((part) => sha256Of(part.content)));
      return readCalendars(parts);
    });
    return indicatorsIn({ at, message, sha256, attachments, ownDomains });
  } catch {
    return { at, values: [{ kind: 'message-sha256', value: sha256 }] };
  }
}

async function hashOf(content: Content): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content.stream() as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
