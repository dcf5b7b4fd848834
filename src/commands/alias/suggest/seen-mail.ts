import { organizationalDomain } from '../../../authentication/alignment.ts';
import type { ArchivedMessage } from '../../../archive/mbox.ts';
import { arrivalOf } from '../../../archive/arrival.ts';
import { valueHash } from '../../../features/hash.ts';
import { foldText, wordsOf } from '../../../message/fold.ts';
import { fieldBodies } from '../../../message/header-block.ts';
import { readHeader, type Header } from '../../../message/header.ts';
import { domainOf } from '../../../message/mailbox.ts';
import { parseMessage } from '../../../message/message.ts';

/** What is counted of one message, whichever source it comes from. Null where the source does not say. */
export type SeenMail = {
  readonly address: string;
  readonly at: Date;
  /** Addresses it went to; empty where only their number is known. */
  readonly recipients: readonly string[];
  readonly recipientCount: number;
  /** Its own header says that a program wrote it. */
  readonly isAutomated: boolean | null;
  /** It answers another message: people do. */
  readonly isReply: boolean | null;
  /** Who filled it, as far as the header shows: display name and the organization of Reply-To. */
  readonly actor: string | null;
  /** Start and end of the subject, layout of the body: what a template repeats. */
  readonly shapes: readonly string[];
  readonly hasLinks: boolean | null;
  readonly isAuthenticated: boolean | null;
};

/**
 * A message of an archive; null without a From address or a time. `readsBody` says whether to spend the time on links
 * and layout.
 */
export async function seenInArchive(
  archived: ArchivedMessage,
  readsBody: (address: string) => boolean,
): Promise<SeenMail | null> {
  const header = readHeader(archived.bytes);
  const address = header.from[0]?.address ?? '';
  const at = arrivalOf(archived, header);
  if (!address.includes('@') || at === null) return null;
  const recipients = header.addressees.map((mailbox) => mailbox.address);
  const body = readsBody(address) ? await bodyFacts(archived.bytes, header) : null;
  return {
    address,
    at,
    recipients,
    recipientCount: recipients.length,
    isAutomated: isAutomated(header),
    isReply: header.fields.some(({ name }) => name === 'in-reply-to'),
    actor: actorOf(header),
    shapes: [
      ...subjectShapes(header.subject),
      ...(body?.layout === undefined ? [] : [body.layout]),
    ],
    hasLinks: body?.hasLinks ?? null,
    isAuthenticated: null,
  };
}

/** RFC 3834 §5, RFC 2369 and the customs of bulk mail; what a discussion list adds is not the author's. */
export function isAutomated({ fields }: Pick<Header, 'fields'>): boolean {
  const has = (name: string) => fields.some((field) => field.name === name);
  const isDiscussion = fieldBodies(fields, 'list-post').some((body) => !/^\s*no\b/i.test(body));
  const submitted = fieldBodies(fields, 'auto-submitted')[0] ?? 'no';
  const precedence = fieldBodies(fields, 'precedence')[0] ?? '';
  return (
    !/^\s*no\b/i.test(submitted) ||
    /^\s*(?:bulk|junk)\b/i.test(precedence) ||
    has('x-auto-response-suppress') ||
    has('feedback-id') ||
    (has('list-unsubscribe') && !isDiscussion)
  );
}

function actorOf({ from, replyTo }: Header): string {
  const name = foldText(from[0]?.name ?? '')
    .toLowerCase()
    .replace(/\d+/g, '#');
  // Mailboxes of Reply-To are made for one message by some vendors.
  const answersTo = replyTo.map(({ address }) => organizationalDomain(domainOf(address)));
  return valueHash(`${name}|${answersTo.join(' ')}`);
}

/** Two words from either end, numbers masked: one of them is the vendor's whichever end the slot stands at. */
function subjectShapes(subject: string): readonly string[] {
  const words = wordsOf(foldText(subject), 60).map((word) => word.replace(/\d+/g, '#'));
  if (words.length < 2) return [];
  return [`starts ${words.slice(0, 2).join(' ')}`, `ends ${words.slice(-2).join(' ')}`];
}

async function bodyFacts(
  bytes: Buffer,
  header: Header,
): Promise<{ readonly hasLinks: boolean; readonly layout?: string } | null> {
  try {
    const { html, textBlocks } = await parseMessage(bytes, header);
    return {
      hasLinks:
        html?.links.some((target) => /^https?:/i.test(target)) === true ||
        textBlocks.some((block) => /\bhttps?:\/\//i.test(block)),
      // Plain text is everybody's layout.
      ...(html === null ? {} : { layout: `layout ${valueHash(html.tags.join(' '))}` }),
    };
  } catch {
    return null; // A message that cannot be read counts by its header.
  }
}
