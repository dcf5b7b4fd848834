import MailComposer from 'nodemailer/lib/mail-composer';
import { noticeHtml, noticeText } from './notice-bodies.ts';
import type { Notice } from './notice.ts';
import { noticeWords } from './notice-words.ts';
import type { NoticeTexts } from './notice-texts.ts';

/**
 * A notice as a message: text and HTML, from a machine (RFC 3834 §5) and to nobody's auto-reply. It is sent without a
 * sender, so that neither a bounce nor a reply of a machine comes back.
 */
export async function composeNotice(
  notice: Notice,
  texts: NoticeTexts,
  language: string,
): Promise<Buffer> {
  const words = noticeWords(notice, texts, language);
  const { kind, to, from, messageId, date } = notice;
  return new MailComposer({
    from: from.name === '' ? from.address : from,
    // An address that would need quoting is left to the envelope.
    to: isPlainAddress(to.address) ? to.address : 'undisclosed-recipients:;',
    subject: words.subject,
    messageId,
    date,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Aliaswatch-Notice': kind,
      'Content-Language': language,
    },
    text: noticeText(words),
    html: noticeHtml(words, language),
    textEncoding: 'quoted-printable',
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

function isPlainAddress(address: string): boolean {
  return /^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(address);
}
