import { defang } from './defang.ts';
import type { Notice, NoticeEntry } from './notice.ts';
import { fill, type NoticeTexts, type TextName } from './notice-texts.ts';

const maxSubject = 160;
const maxFrom = 120;
const maxReason = 300;
const maxRecipients = 10;

/** A notice in words, before it is text or HTML: everything from a message is defanged here, once for both. */
export type NoticeWords = {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly entries: readonly EntryWords[];
  /** Below the entries. */
  readonly remarks: readonly string[];
};

export type EntryWords = {
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly links: readonly { readonly name: string; readonly address: string }[];
};

/** Puts a notice into the words of one language; `language` is the code that dates are written for. */
export function noticeWords(notice: Notice, texts: NoticeTexts, language: string): NoticeWords {
  const { kind, entries, total, linksUntil, contactUrl, host } = notice;
  const date = (at: Date) => dateText(at, language);
  const listed = entries.reduce((sum, { count }) => sum + count, 0);
  const hasLinks = linksUntil !== null && entries.some(({ links }) => links !== null);
  return {
    // Nothing of the message: what stands in a subject is read before anything warns of it.
    subject: fill(texts[`${kind}Subject`], { count: total }),
    paragraphs: [introduction(notice, texts, date), texts.advice, texts.masked],
    entries: entries.map((entry) => entryWords(entry, notice, { texts, date })),
    remarks: [
      ...(total > listed ? [fill(texts.more, { count: total - listed })] : []),
      ...(hasLinks ? [fill(texts.linksUntil, { date: date(linksUntil) })] : []),
      ...(contactUrl === '' ? [] : [fill(texts.contact, { contact: contactUrl })]),
      fill(texts.footer, { host }),
    ],
  };
}

function introduction(
  { kind, to, expiry }: Notice,
  texts: NoticeTexts,
  date: (at: Date) => string,
): string {
  if (kind === 'attack') return to.audience === 'admin' ? texts.attackForAdmin : texts.attack;
  if (kind === 'held') return to.audience === 'admin' ? texts.heldForAdmin : texts.held;
  if (kind !== 'expiring') return texts[kind];
  const text = expiry?.action === 'delete' ? texts.expiringDelete : texts.expiringRelease;
  return fill(text, { date: expiry === null ? '' : date(expiry.at) });
}

function entryWords(
  entry: NoticeEntry,
  { kind, to, recipientRelease }: Notice,
  { texts, date }: { readonly texts: NoticeTexts; readonly date: (at: Date) => string },
): EntryWords {
  const isAdmin = to.audience === 'admin';
  const facts: [TextName, string][] = [
    ['from', defang(entry.from, maxFrom)],
    ['subject', defang(entry.subject, maxSubject)],
    [kind === 'attack' ? 'deliveredAt' : 'heldAt', date(entry.heldAt)],
    ...(isAdmin
      ? ([
          ['why', defang([entry.alias, entry.reason].filter(Boolean).join(': '), maxReason)],
          ['recipients', recipientList(entry.recipients)],
          ['id', entry.id],
        ] satisfies [TextName, string][])
      : []),
  ];
  const more =
    entry.count > 1 ? [{ name: '', value: fill(texts.alike, { count: entry.count }) }] : [];
  const release = recipientRelease === 'release' ? texts.releaseNow : texts.askRelease;
  return {
    facts: [
      ...facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => ({ name: texts[name], value })),
      ...more,
    ],
    links:
      entry.links === null
        ? []
        : [
            { name: release, address: entry.links.release },
            { name: texts.reportAttack, address: entry.links.report },
          ],
  };
}

/** Addresses of our own people, but the local part is what a sender wrote. */
function recipientList(recipients: readonly string[]): string {
  const shown = recipients.slice(0, maxRecipients).map((address) => defang(address, maxFrom));
  const others = recipients.length - shown.length;
  return [...shown, ...(others > 0 ? [`+${others}`] : [])].join(', ');
}

/** In UTC, which the text says: reader and machine may be in different places. */
function dateText(at: Date, language: string): string {
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${format.format(at)} UTC`;
}
