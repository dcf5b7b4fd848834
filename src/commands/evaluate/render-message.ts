import { escapeHtml } from '../escape-html.ts';
import type { Mailbox } from '../../message/mailbox.ts';
import type { Message } from '../../message/message.ts';

const boundary = '=_rendered';

/**
 * A parsed message written out again, for filters that read bytes. Honest mail and attacks go through it alike, so that
 * what a filter sees between them is the lure alone; layout and attachments are lost.
 */
export function renderMessage(message: Message, receivedAt: Date): Buffer {
  const { from, replyTo, addressees, subject, textBlocks, html } = message;
  const header = [
    `Received: by mx.example.com; ${receivedAt.toUTCString().replace('GMT', '+0000')}`,
    `From: ${from.map(mailboxText).join(', ')}`,
    `To: ${addressees.length === 0 ? 'somebody@example.com' : addressees.slice(0, 5).map(mailboxText).join(', ')}`,
    ...(replyTo.length === 0 ? [] : [`Reply-To: ${replyTo.map(mailboxText).join(', ')}`]),
    `Subject: ${isPlain(subject) ? subject : encodedWords(subject)}`,
    `Date: ${receivedAt.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${receivedAt.getTime()}@mail.example.net>`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
  ];
  const text = textBlocks.length > 0 ? textBlocks : (html?.blocks ?? []);
  return Buffer.from(
    [
      ...header,
      '',
      ...part('text/plain', text.join('\n\n')),
      ...(html === null ? [] : part('text/html', htmlOf(html.blocks, html.links))),
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  );
}

function htmlOf(blocks: readonly string[], links: readonly string[]): string {
  const paragraphs = blocks.map((block) => `<p>${escapeHtml(block)}</p>`);
  const anchors = links.map((link) => `<p><a href="${escapeHtml(link)}">More</a></p>`);
  return `<html><body>\n${[...paragraphs, ...anchors].join('\n')}\n</body></html>`;
}

function part(type: string, text: string): readonly string[] {
  const encoded = Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n');
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    encoded,
  ];
}

function mailboxText({ address, name }: Mailbox): string {
  if (name === '') return `<${address}>`;
  const written = isPlain(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodedWords(name);
  return `${written} <${address}>`;
}

/** Needs no encoding, and no folding to stay below 998 characters (RFC 5322 §2.1.1). */
function isPlain(text: string): boolean {
  return /^[ -~]{0,800}$/.test(text);
}

/** RFC 2047 §2: at most 75 characters a word, whole characters only. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text.replace(/[\r\n]+/g, ' ')) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word]
    .map((piece) => `=?utf-8?B?${Buffer.from(piece).toString('base64')}?=`)
    .join('\r\n ');
}
