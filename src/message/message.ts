import { simpleParser, type Attachment } from 'mailparser';
import type { AttachmentText } from './attachment-text.ts';
import { dataImagesOf } from './attachments/data-images.ts';
import type { MessagePart, ReadAttachments } from './attachments/message-part.ts';
import { readCalendars } from './attachments/read-calendars.ts';
import { contentFieldsOf, type ContentFields } from './content-fields.ts';
import { outlineHtml, type HtmlOutline } from './html-outline.ts';
import type { Header } from './header.ts';
import { paragraphsOf } from './paragraphs.ts';
import { readSingleText } from './single-text.ts';

/** An attached file by its name, possibly empty, and its media type as the sender says. */
export type NamedPart = { readonly name: string; readonly type: string };

/** A message as the recipient's software reads it; every part bounded. */
export type Message = Header & {
  /** Paragraphs of the plain text. */
  readonly textBlocks: readonly string[];
  readonly html: HtmlOutline | null;
  /** Attached files, at most 50; of a message read in part those that stand in the part. */
  readonly files: readonly NamedPart[];
  /** What could be read of the attachments. */
  readonly attachments: readonly AttachmentText[];
};

/** The text of one message is read up to here; what is longer is refused as `MessageTooLarge`. */
const maxTextLength = 2_000_000;
const maxParagraphs = 20_000;
const maxFiles = 50;

/** More text than we are ready to read in the message path. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';
}

/** What the body of a message holds, before anybody has looked into its attachments. Nothing but data. */
export type Body = Pick<Message, 'textBlocks' | 'html' | 'files'> & {
  readonly parts: readonly MessagePart[];
};

export type ReadBody = (bytes: Buffer) => Promise<Body>;

/**
 * Parses the body. `bytes` may be a prefix of a large message: what is cut off is attachments. Without
 * `readAttachments` only calendars are read.
 * @throws MessageTooLarge, or whatever the MIME parser makes of hostile input.
 */
export async function parseMessage(
  bytes: Buffer,
  header: Header,
  readAttachments: ReadAttachments = readCalendars,
  read: ReadBody = readBody,
): Promise<Message> {
  const { parts, ...body } = await read(bytes);
  return { ...header, ...body, attachments: await readAttachments(parts) };
}

/** @throws as `parseMessage` does. */
export async function readBody(bytes: Buffer): Promise<Body> {
  const { text, html, attachments } = await decodeBody(bytes);
  if (text.length + html.length > maxTextLength)
    throw new MessageTooLarge(`${text.length + html.length} characters of text`);
  return {
    textBlocks: paragraphsOf(text, maxParagraphs),
    html: html === '' ? null : outlineHtml(html),
    files: attachments.slice(0, maxFiles).map(toFile),
    parts: [...attachments.map(toPart), ...dataImagesOf(html)],
  };
}

type DecodedBody = {
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
};

async function decodeBody(bytes: Buffer): Promise<DecodedBody> {
  const content = contentFieldsOf(bytes);
  const single = content && readSingleText(bytes, content);
  if (single !== null) {
    const isHtml = single.type === 'text/html';
    return { text: isHtml ? '' : single.text, html: isHtml ? single.text : '', attachments: [] };
  }
  const body = await simpleParser(content ? withoutOtherFields(bytes, content) : bytes, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  });
  return {
    text: body.text ?? '',
    html: body.html === false ? '' : body.html,
    attachments: body.attachments,
  };
}

/** All that the parser is asked about; the header has been read. */
function withoutOtherFields(bytes: Buffer, { fields, bodyStart }: ContentFields): Buffer {
  const head = `${fields.map(({ text }) => text).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes.subarray(bodyStart)]);
}

function toFile({ contentType, filename }: Attachment): NamedPart {
  return { name: (filename ?? '').slice(0, 300), type: mediaTypeOf(contentType) };
}

function toPart({ content, contentType, filename, headers }: Attachment): MessagePart {
  return {
    content,
    contentType: mediaTypeOf(contentType),
    filename: filename ?? null,
    charset: charsetOf(headers.get('content-type')),
  };
}

/** The parser types it as a string; a Content-Type that names nothing is none. */
function mediaTypeOf(given: unknown): string {
  return typeof given === 'string' ? given.toLowerCase() : 'application/octet-stream';
}

/** The parser's own type of a structured field says less than is there. */
function charsetOf(field: unknown): string | null {
  const { params } = (field ?? {}) as { readonly params?: { readonly charset?: unknown } };
  return typeof params?.charset === 'string' ? params.charset : null;
}
