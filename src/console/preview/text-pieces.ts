import { contactPointsOf } from '../../message/contact-points.ts';
import { foldText } from '../../message/fold.ts';

/** Part of a sentence: wording, or what fills a slot of it. */
export type TextPiece = {
  readonly kind: 'wording' | 'contact' | 'link' | 'address' | 'amount' | 'number' | 'name';
  readonly text: string;
};

const slots = [
  ['link', String.raw`\bhttps?:\/\/[^\s<>"]+`],
  ['address', String.raw`[^\s@<>]{1,80}@[^\s@<>]{1,120}`],
  ['amount', String.raw`[$€£¥₹]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£¥₹]|(?:USD|EUR|GBP)\b)`],
  ['number', String.raw`\+?[\p{N}(][\p{N}\s().·•/_-]{0,40}\p{N}|\p{N}`],
] as const;

const kinds = [...slots.map(([kind]) => kind), 'name'] as const;

const maxPieces = 200;

/** Splits a sentence at what changes from message to message; `names` are those of the recipients. */
export function textPieces(text: string, names: readonly string[]): readonly TextPiece[] {
  const own = names
    .filter((name) => name.length > 2)
    .slice(0, 50)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const pattern = [
    ...slots.map(([kind, source]) => `(?<${kind}>${source})`),
    ...(own.length === 0 ? [] : [`(?<name>${own.join('|')})`]),
  ].join('|');
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(pattern, 'giu'))) {
    if (pieces.length >= maxPieces) break;
    if (match.index > from) pieces.push({ kind: 'wording', text: text.slice(from, match.index) });
    pieces.push({ kind: kindOf(match), text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ kind: 'wording', text: text.slice(from) });
  return pieces;
}

function kindOf({
  0: text,
  groups = {},
}: {
  readonly 0: string;
  readonly groups?: Readonly<Partial<Record<string, string>>> | undefined;
}): TextPiece['kind'] {
  const kind = kinds.find((name) => groups[name] !== undefined) ?? 'wording';
  if (kind !== 'number') return kind;
  return contactPointsOf(`call ${foldText(text)}`).length > 0 ? 'contact' : 'number';
}
