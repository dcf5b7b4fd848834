import { simpleParser } from 'mailparser';
import type { AttachmentText } from './attachment-text.ts';
import { outlineHtml, type HtmlOutline } from './html-outline.ts';
import type { Header } from './header.ts';

/** A message as the recipient's software reads it; every part bounded. */
export type Message = Header & {
  /** Paragraphs of the plain text. */
  readonly textBlocks: readonly string[];
  readonly html: HtmlOutline | null;
  /** What could be read of the attachments. */
  readonly attachments: readonly AttachmentText[];
};

/** The text of one message is read up to here; what is longer is refused as `MessageTooLarge`. */
const maxTextLength = 2_000_000;
const maxParagraphs = 4000;

/** More text than we are ready to read in the message path. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';
}

/**
 * Parses the body. `bytes` may be a prefix of a large message: what is cut off is attachments.
 * @throws MessageTooLarge, or whatever the MIME parser makes of hostile input.
 */
export async function parseMessage(bytes: Buffer, header: Header): Promise<Message> {
  const body = await simpleParser(bytes, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  });
  const text = body.text ?? '';
  const html = body.html === false ? '' : body.html;
  if (text.length + html.length > maxTextLength)
    throw new MessageTooLarge(`${text.length + html.length} characters of text`);
  return {
    ...header,
    textBlocks: paragraphsOf(text),
    html: html === '' ? null : outlineHtml(html),
    attachments: [],
  };
}

/** Plain text is wrapped at will: lines of one paragraph belong together. */
function paragraphsOf(text: string): readonly string[] {
  return text
    .split(/\n(?:[ \t]*\n)+/)
    .slice(0, maxParagraphs)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '');
}
