import { decodedField, fieldBodies, parseHeaderBlock, type HeaderField } from './header-block.ts';
import { parseMailboxes, type Mailbox } from './mailbox.ts';

/** What the header fields say; cheap enough for every message, also of nobody's alias. */
export type Header = {
  readonly fields: readonly HeaderField[];
  /** Every address of every From field: software differs in which one it shows (RFC 5322 §3.6.2 wants one). */
  readonly from: readonly Mailbox[];
  readonly fromFieldCount: number;
  readonly replyTo: readonly Mailbox[];
  /** To, Cc and their Resent- forms. */
  readonly addressees: readonly Mailbox[];
  readonly subject: string;
  /** Date field, epoch milliseconds, or null. */
  readonly sentAtMs: number | null;
  readonly messageId: string;
};

/** Reads the header block at the start of `bytes`; never throws. */
export function readHeader(bytes: Buffer): Header {
  const fields = parseHeaderBlock(bytes);
  const fromFields = fieldBodies(fields, 'from');
  return {
    fields,
    from: parseMailboxes(fromFields),
    fromFieldCount: fromFields.length,
    replyTo: parseMailboxes(fieldBodies(fields, 'reply-to')),
    addressees: parseMailboxes(
      ['to', 'cc', 'resent-to', 'resent-cc'].flatMap((name) => fieldBodies(fields, name)),
    ),
    subject: decodedField(fields, 'subject').slice(0, 2000),
    sentAtMs: parseDate(fieldBodies(fields, 'date')[0]),
    messageId: (fieldBodies(fields, 'message-id')[0] ?? '').slice(0, 250),
  };
}

function parseDate(body: string | undefined): number | null {
  const time =
    body === undefined ? Number.NaN : Date.parse(body.replace(/\([^)]{0,200}\)/g, '').trim());
  return Number.isNaN(time) ? null : time;
}
