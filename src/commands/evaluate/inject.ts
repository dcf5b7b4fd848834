import type { AttachmentText } from '../../message/attachment-text.ts';
import type { HtmlOutline } from '../../message/html-outline.ts';
import type { Message } from '../../message/message.ts';
import type { LureBank } from './lures.ts';

/** One way to abuse one slot of a genuine message; everything else stays the vendor's own. */
export type InjectionKind =
  'a' | 'a2' | 'a3' | 'b' | 'c' | 'd' | 'e' | 'e2' | 'f' | 'f3' | 'g' | 'h-ics' | 'h-pdf' | 'h-qr';

export const injectionKinds: readonly { readonly kind: InjectionKind; readonly title: string }[] = [
  { kind: 'a', title: 'callback lure before the subject' },
  { kind: 'a2', title: 'the same in the display name' },
  { kind: 'a3', title: 'a paragraph with phone and amount in the body' },
  { kind: 'b', title: 'a foreign domain as text' },
  { kind: 'c', title: 'a foreign link' },
  { kind: 'd', title: 'a foreign Reply-To' },
  { kind: 'e', title: 'a lure paragraph without phone or link' },
  { kind: 'e2', title: '14 words of such a lure in the subject' },
  { kind: 'f', title: 'a, obfuscated' },
  { kind: 'f3', title: 'a3, obfuscated' },
  { kind: 'g', title: 'HTML in a text slot' },
  { kind: 'h-ics', title: 'the callback paragraph in a calendar entry' },
  { kind: 'h-pdf', title: 'the callback paragraph in a PDF' },
  { kind: 'h-qr', title: 'its link or its number in a QR code' },
];

/** The message with one slot filled by the bank's `index`-th lure. */
export function inject(
  message: Message,
  kind: InjectionKind,
  { bank, index }: { readonly bank: LureBank; readonly index: number },
): Message {
  const domain = bank.domain(index);
  switch (kind) {
    case 'a':
      return withSubject(message, bank.callbackSubject(index));
    case 'a2':
      return withDisplayName(message, bank.callbackSubject(index));
    case 'a3':
      return withParagraph(message, bank.callbackParagraph(index));
    case 'b':
      return withParagraph(message, `Details at ${domain}.`);
    case 'c':
      return withLink(message, `https://${domain}/view`);
    case 'd':
      return { ...message, replyTo: [{ address: `desk@${domain}`, name: '' }] };
    case 'e':
      return withParagraph(message, bank.text(index, 60));
    case 'e2':
      return withSubject(message, bank.text(index, 14));
    case 'f':
      return withSubject(message, obfuscate(bank.callbackSubject(index), index));
    case 'f3':
      return withParagraph(message, obfuscate(bank.callbackParagraph(index), index));
    case 'g':
      return withParagraph(
        message,
        `<div><h2>${bank.callbackSubject(index)}</h2><p>${bank.text(index, 20)}</p></div>`,
      );
    case 'h-ics':
    case 'h-pdf':
    case 'h-qr':
      return withAttachment(message, attachmentLure(kind, { bank, index }));
  }
}

/** What our readers make of an attachment with a lure: a meeting, an invoice, a picture of a code. */
export function attachmentLure(
  kind: 'h-ics' | 'h-pdf' | 'h-qr',
  { bank, index }: { readonly bank: LureBank; readonly index: number },
): AttachmentText {
  const paragraph = bank.callbackParagraph(index);
  if (kind === 'h-ics')
    return { kind: 'calendar', blocks: ['Payment reminder', paragraph], links: [] };
  if (kind === 'h-pdf') return { kind: 'pdf', blocks: [paragraph], links: [] };
  return index % 2 === 0
    ? { kind: 'qr-code', blocks: [], links: [`https://${bank.domain(index)}/view`] }
    : { kind: 'qr-code', blocks: [`tel:+1${bank.phoneDigits(index)}`], links: [] };
}

function withAttachment(message: Message, attachment: AttachmentText): Message {
  return { ...message, attachments: [...message.attachments, attachment] };
}

function withSubject(message: Message, lure: string): Message {
  return { ...message, subject: `${lure} ${message.subject}` };
}

function withDisplayName(message: Message, lure: string): Message {
  return {
    ...message,
    from: message.from.map((mailbox) => ({ ...mailbox, name: `${lure} ${mailbox.name}` })),
  };
}

/** A third of the way down, where vendors put what customers wrote. */
function withParagraph(message: Message, paragraph: string): Message {
  const insert = (blocks: readonly string[]) =>
    blocks.toSpliced(Math.floor(blocks.length / 3), 0, paragraph);
  if (message.html === null) return { ...message, textBlocks: insert(message.textBlocks) };
  return { ...message, html: { ...message.html, blocks: insert(message.html.blocks) } };
}

function withLink(message: Message, url: string): Message {
  if (message.html === null) return withParagraph(message, url);
  const html: HtmlOutline = { ...message.html, links: [...message.html.links, url] };
  return { ...message, html };
}

const lookAlikes: Readonly<Record<string, string>> = {
  a: 'а',
  e: 'е',
  o: 'о',
  c: 'с',
  p: 'р',
  i: 'і',
};

/** What attackers do to escape word lists: look-alike letters, zero-width characters, O for 0, dots between digits. */
function obfuscate(text: string, index: number): string {
  const variants = [
    (plain: string) => plain.replace(/0/g, 'O').replace(/l(?=\w)/g, 'I'),
    (plain: string) => plain.replace(/[aeocpi]/g, (letter) => lookAlikes[letter] ?? letter),
    (plain: string) => plain.replace(/(?<=[a-z])(?=[a-z]{3})/g, '\u200B'),
    (plain: string) =>
      plain
        .replace(/(\d)[ -](\d)/g, '$1⋅$2')
        .replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  ];
  return (variants[index % variants.length] ?? String)(text);
}
