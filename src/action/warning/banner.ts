import { languagesOf } from '../../features/language.ts';
import type { Lists } from '../../features/lists.ts';
import { foldText, wordsOf } from '../../message/fold.ts';
import {
  warningLanguages,
  type Warning,
  type WarningLanguage,
} from '../../decision/warning-policy.ts';
import type { ContentEdit } from '../content-edits.ts';
import { htmlBanner, textBanner, type BannerFacts } from './banner-content.ts';
import { decodeText, type EncodedText } from './encoded-text.ts';
import { htmlStart } from './html-start.ts';
import { MalformedMime, type MimeEntity } from './mime-entity.ts';
import { encodeFor, extendsAscii } from './part-charset.ts';
import { firstTextParts, type Obstacle } from './text-parts.ts';
import type { BannerOutcome } from './warning-outcome.ts';

export type BannerPlan = {
  readonly outcome: BannerOutcome;
  readonly edits: readonly ContentEdit[];
};

export type BannerRequest = {
  /** The message, or its beginning. */
  readonly bytes: Buffer;
  /** The message goes on behind `bytes`. */
  readonly isCut: boolean;
  /** BODY=8BITMIME was declared for it (RFC 6152): parts that say 8bit may hold more of it. */
  readonly mayUse8Bit: boolean;
  readonly facts: BannerFacts;
  readonly language: Warning['language'];
  readonly lists: Pick<Lists, 'commonWords'>;
};

/**
 * Where to insert which bytes so that a reader sees the banner first, in the text and in the HTML. Nothing is inserted
 * into a message that mail programs may take apart in different ways, or that is signed or encrypted for its reader.
 */
export function planBanner(request: BannerRequest): BannerPlan {
  try {
    const { parts, obstacle } = firstTextParts(request.bytes, request.isCut);
    return obstacle === null ? planParts(parts, request) : without(obstacle);
  } catch (error) {
    if (error instanceof MalformedMime) return without('malformed');
    throw error;
  }
}

function without(outcome: BannerOutcome): BannerPlan {
  return { outcome, edits: [] };
}

type OpenPart = { readonly entity: MimeEntity; readonly text: EncodedText };

function planParts(entities: readonly MimeEntity[], request: BannerRequest): BannerPlan {
  const parts = entities.map((entity) => ({ entity, text: decodeText(request.bytes, entity) }));
  const language =
    request.language === 'auto' ? languageOf(parts, request.lists) : request.language;
  const planned = parts.map((part) => planPart(part, language, request));
  const edits = planned.flatMap((edit) => (typeof edit === 'string' ? [] : [edit]));
  const [failure] = planned.filter((edit) => typeof edit === 'string');
  if (failure === undefined) return { outcome: 'inserted', edits };
  return edits.length > 0 ? { outcome: 'partial', edits } : without(failure);
}

/** Filling in front of a banner: more of its rule, a space in HTML. */
const fills = { text: '_', html: ' ' };

function planPart(
  { entity, text }: OpenPart,
  language: WarningLanguage,
  { facts, mayUse8Bit }: BannerRequest,
): ContentEdit | Obstacle | 'charset' {
  const { decoded } = text;
  // Inline PGP (RFC 4880 §6.2, §7): what it covers is a matter of lines.
  const armour = /-----BEGIN PGP (SIGNED )?MESSAGE-----/.exec(decoded.toString('latin1'));
  if (armour) return armour[1] === undefined ? 'encrypted' : 'signed';
  const charset = entity.parameters.get('charset') ?? 'us-ascii';
  if (entity.type === 'text/html') return planHtml(decoded, { text, language, facts, charset });
  const flow = {
    isFlowed: entity.parameters.get('format')?.toLowerCase() === 'flowed',
    isDelSp: entity.parameters.get('delsp')?.toLowerCase() === 'yes',
  };
  const isEncoded = entity.encoding === 'base64' || entity.encoding === 'quoted-printable';
  const isAsciiOnly = !isEncoded && !(mayUse8Bit && entity.encoding === '8bit');
  const lines = encodeFor(textBanner(facts, language, flow), charset, isAsciiOnly);
  return lines === null ? 'charset' : text.insert(0, lines, fills.text);
}

type HtmlPlan = {
  readonly text: EncodedText;
  readonly language: WarningLanguage;
  readonly facts: BannerFacts;
  readonly charset: string;
};

function planHtml(
  decoded: Buffer,
  { text, language, facts, charset }: HtmlPlan,
): ContentEdit | 'charset' {
  if (!extendsAscii(charset)) return 'charset';
  const html = decoded.toString('latin1');
  const at = htmlStart(html);
  // Behind an escape sequence of ISO 2022 the bytes of ASCII may mean something else.
  if (/^iso-2022-/i.test(charset) && html.slice(0, at).includes('\u001b')) return 'charset';
  return text.insert(at, Buffer.from(htmlBanner(facts, language)), fills.html);
}

const maxLanguageBytes = 20_000;
const maxLanguageWords = 1000;

/** The language that most words of the text are in, if a banner can be written in it. */
function languageOf(
  parts: readonly OpenPart[],
  { commonWords }: Pick<Lists, 'commonWords'>,
): WarningLanguage {
  const words = parts.flatMap((part) => wordsOf(foldText(readableText(part)), maxLanguageWords));
  const found = languagesOf(words, { commonWords });
  return found.map(asWarningLanguage).find((language) => language !== null) ?? 'en';
}

function readableText({ entity, text: { decoded } }: OpenPart): string {
  if (entity.type !== 'text/html') return decoded.toString('utf8', 0, maxLanguageBytes);
  const start = htmlStart(decoded.toString('latin1'));
  return decoded.toString('utf8', start, start + maxLanguageBytes).replace(/<[^<>]*>/g, ' ');
}

function asWarningLanguage(language: string): WarningLanguage | null {
  return warningLanguages.find((known) => known === language) ?? null;
}
