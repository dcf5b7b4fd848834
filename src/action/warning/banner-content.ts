import type { Warning, WarningLanguage } from '../../decision/warning-policy.ts';
import type { Verdict } from '../../decision/decision.ts';
import { wrapWords } from '../wrap-words.ts';
import { warningTexts, type WarningTexts } from './warning-texts.ts';
import type { UnusualKind } from './unusual.ts';

/** What a banner is about; nothing of it comes from the message. */
export type BannerFacts = {
  readonly verdict: Verdict;
  readonly vendor: string;
  /** The vendor's own way in, or empty. */
  readonly verifyAt: string;
  readonly unusual: readonly UnusualKind[];
  readonly hostname: string;
} & Pick<Warning, 'note'>;

/** How a plain text part wraps its lines (RFC 3676). */
export type TextFlow = { readonly isFlowed: boolean; readonly isDelSp: boolean };

const textColumns = 72;
const lineColumns = 76;

/** The sentences in the order in which they are read: a title, what is unusual, what to do. */
type Sentences = {
  readonly title: string;
  readonly introduction: string;
  readonly list: readonly string[];
  readonly advice: readonly string[];
  readonly small: string;
};

function sentencesOf(facts: BannerFacts, language: WarningLanguage): Sentences {
  const texts = warningTexts[language];
  const { vendor, verifyAt, hostname, note } = facts;
  const list = facts.unusual.map((kind) => texts.unusual[kind]);
  const wayIn = verifyAt === '' ? texts.goToKnown(vendor) : texts.goTo(vendor, verifyAt);
  return {
    title: texts.title,
    introduction: introductionOf(facts, texts),
    list,
    advice: [texts.advice, wayIn, ...(note === '' ? [] : [note])],
    small: texts.addedBy(hostname),
  };
}

function introductionOf({ verdict, vendor, unusual }: BannerFacts, texts: WarningTexts): string {
  if (verdict === 'impersonation') return texts.claims(vendor);
  if (verdict === 'unavailable') return texts.unchecked(vendor);
  return unusual.length === 0 ? texts.differs(vendor) : texts.cameThrough(vendor);
}

/**
 * Lines for the start of a plain text, each ended by CRLF, an empty one last. None begins with `--`, `>`, a space or
 * `From `: those mean something in MIME, in mail programs and in mbox files.
 */
export function textBanner(facts: BannerFacts, language: WarningLanguage, flow: TextFlow): string {
  const { title, introduction, list, advice, small } = sentencesOf(facts, language);
  const rule = '_'.repeat(60);
  const blocks = [
    [rule],
    [title.toLocaleUpperCase(language)],
    ['', ...wrap(introduction, flow)],
    list.flatMap((sentence) => wrap(`* ${sentence}`, flow)),
    ...advice.map((sentence) => ['', ...wrap(sentence, flow)]),
    ['', ...wrap(small, flow)],
    [rule],
    [''],
  ];
  return blocks
    .flat()
    .map((line) => `${line}\r\n`)
    .join('');
}

/** A flowed line ends in a space that says so; with DelSp that space is not part of the text. */
function wrap(sentence: string, { isFlowed, isDelSp }: TextFlow): readonly string[] {
  const goesOn = isFlowed ? (isDelSp ? '  ' : ' ') : '';
  const lines = wrapWords(sentence, textColumns);
  return lines.map((line, index) => (index < lines.length - 1 ? line + goesOn : line));
}

/**
 * Against style sheets of the message: an inline `!important` wins over them, and programs that do not know it take the
 * one without.
 */
const styles = inlineStyle({
  display: 'block',
  visibility: 'visible',
  opacity: '1',
  filter: 'none',
  transform: 'none',
  'clip-path': 'none',
  position: 'static',
  float: 'none',
  clear: 'both',
  width: 'auto',
  height: 'auto',
  'max-width': 'none',
  'max-height': 'none',
  margin: '0 0 16px 0',
  padding: '12px 16px',
  border: '2px solid #b45309',
  background: '#fef3c7',
  color: '#1f2937',
  'font-family': 'Arial, Helvetica, sans-serif',
  'font-size': '14px',
  'font-weight': 'normal',
  'line-height': '20px',
  'text-align': 'left',
  'text-indent': '0',
  'text-transform': 'none',
  'letter-spacing': 'normal',
  direction: 'ltr',
});

const titleStyles = inlineStyle({
  display: 'inline',
  visibility: 'visible',
  opacity: '1',
  color: '#7c2d12',
  'font-size': '16px',
});

/** One element, all ASCII, in lines of at most 76 columns; no link, no image, nothing that is fetched. */
export function htmlBanner(facts: BannerFacts, language: WarningLanguage): string {
  const { title, introduction, list, advice, small } = sentencesOf(facts, language);
  const findings = [introduction, ...list.map((sentence) => `\u2022 ${sentence}`)];
  const paragraphs = [
    `<b style="${titleStyles}">${escape(title)}</b>`,
    findings.map(escape).join('<br> '),
    ...advice.map(escape),
    escape(small),
  ];
  const element = `<div lang="${language}" dir="ltr" role="note" style="${styles}">${paragraphs.join('<br><br> ')}</div>`;
  return `${element.split(' ').reduce(joinWords)}\r\n`;
}

function joinWords(text: string, word: string): string {
  const column = text.length - (text.lastIndexOf('\n') + 1);
  return column + 1 + word.length > lineColumns ? `${text}\r\n${word}` : `${text} ${word}`;
}

function inlineStyle(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}:${value}; ${name}:${value} !important`)
    .join('; ');
}

function escape(text: string): string {
  return text.replace(/[^ !#-%(-;=?-~]/gu, (character) => `&#${character.codePointAt(0) ?? 63};`);
}
