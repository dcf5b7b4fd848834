import { decodeWords, findHeaderBlock } from '../../message/header-block.ts';
import { readHeader, type Header } from '../../message/header.ts';
import { MessageTooLarge, parseMessage, type Message } from '../../message/message.ts';
import type { Content } from '../../smtp/content.ts';
import { simpleParser } from 'mailparser';
import { htmlStructure, type HtmlStructure } from './html-structure.ts';
import { mimeTreeOf, type MimeTree } from './mime-tree.ts';

/** Bytes of a stored message that are read for a person. */
const readBytes = 2 * 1024 * 1024;
const shownFields = 200;
const shownFieldLength = 2000;

export type ShownField = { readonly name: string; readonly body: string };

/** A stored message, read for a person: bounded, decoded, and nothing in it is run or fetched. */
export type StoredMessage = {
  readonly header: Header;
  /** The first 200, encoded words decoded, in order. */
  readonly fields: readonly ShownField[];
  readonly fieldCount: number;
  /** Null where the body cannot be read; then `trouble` says why. */
  readonly message: Message | null;
  readonly structure: HtmlStructure | null;
  readonly mime: MimeTree;
  readonly sizeBytes: number;
  /** Only the beginning was read. */
  readonly isCut: boolean;
  /** One sentence, or null. */
  readonly trouble: string | null;
};

/** @throws what reading the bytes throws; no content makes it throw. */
export async function readStored(content: Content): Promise<StoredMessage> {
  const bytes = await content.prefix(readBytes);
  const header = readHeader(bytes);
  const body = await bodyOf(bytes, header);
  const fields = header.fields.slice(0, shownFields);
  return {
    header,
    fields: fields.map(({ name, body: text }) => ({
      name: name.slice(0, 100),
      body: decodeWords(text.slice(0, shownFieldLength)),
    })),
    fieldCount: countFields(bytes),
    ...body,
    mime: mimeTreeOf(bytes),
    sizeBytes: content.sizeBytes,
    isCut: content.sizeBytes > bytes.length,
  };
}

type Body = Pick<StoredMessage, 'message' | 'structure' | 'trouble'>;

async function bodyOf(bytes: Buffer, header: Header): Promise<Body> {
  try {
    const message = await parseMessage(bytes, header, () => Promise.resolve([]));
    const structure = message.html === null ? null : htmlStructure(await htmlOf(bytes));
    return { message, structure, trouble: null };
  } catch (error) {
    const trouble =
      error instanceof MessageTooLarge
        ? `There is more text than is shown (${error.message}); the message itself is kept whole.`
        : 'The body cannot be read as MIME; the message itself is kept whole.';
    return { message: null, structure: null, trouble };
  }
}

async function htmlOf(bytes: Buffer): Promise<string> {
  const { html } = await simpleParser(bytes, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  });
  return html === false ? '' : html;
}

/** All of them, also those beyond what a parser keeps. */
function countFields(bytes: Buffer): number {
  const block = bytes.subarray(0, findHeaderBlock(bytes).length).toString('latin1');
  return block.match(/^[!-9;-~]+[ \t]*:/gm)?.length ?? 0;
}
