import { html, type Html, type HtmlValue } from '../html.ts';

/** Seen by software and not by people: controls, fillers, bidi and zero-width characters, variation selectors. */
const invisible = String.raw`[\p{C}\p{Zl}\p{Zp}\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFE00-\uFE0F\uFFA0\u{E0100}-\u{E01EF}]`;

/** An emoji may be followed by the selector that colours it; lines and tabs are lines and tabs. */
const shown = new RegExp(
  String.raw`(?<padding>(?:${invisible}[\p{Zs}\n]*){5,})|(?<one>(?<!\p{Extended_Pictographic})${invisible}|(?<=\p{Extended_Pictographic})(?!\uFE0F)${invisible})|(?<marks>(?<=\p{M}{2})\p{M}+)`,
  'gu',
);

const blank = /^[\t\n\p{Zs}]+$/u;

/**
 * Foreign text with all that people cannot see made visible as `⟦U+202E⟧`, isolated from the direction of the text
 * around it. At most `maxLength` characters.
 */
export function visible(text: string, maxLength = 300): Html {
  return isolated(piecesOf(text, maxLength), (piece) => piece);
}

/** The same for mail addresses: a narrow page breaks them before `@` and before dots, and not inside a name. */
export function visibleAddress(text: string, maxLength = 320): Html {
  return isolated(piecesOf(text, maxLength), (piece) =>
    piece
      .split(/(?=@)|(?<=[\p{L}\p{N}])(?=\.[\p{L}\p{N}])/u)
      .map((part, index) => html`${index > 0 && html`<wbr />`}${part}`),
  );
}

function isolated(pieces: readonly Piece[], show: (piece: string) => HtmlValue): Html {
  const shownPieces = pieces.map(({ text, isHidden }) =>
    isHidden ? html`<span class="hidden-character">${text}</span>` : show(text),
  );
  return html`<bdi>${shownPieces}</bdi>`;
}

/** The same for attributes. */
export function visibleString(text: string, maxLength = 300): string {
  return piecesOf(text, maxLength)
    .map((piece) => piece.text)
    .join('');
}

type Piece = { readonly text: string; readonly isHidden: boolean };

function piecesOf(text: string, maxLength: number): readonly Piece[] {
  // Escapes make text longer, so it is cut before; halves of a character at the cut are told like any other.
  const cut = text.slice(0, maxLength);
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of cut.matchAll(shown)) {
    if (blank.test(match[0])) continue;
    if (match.index > from) pieces.push({ text: cut.slice(from, match.index), isHidden: false });
    pieces.push({ text: nameOf(match), isHidden: true });
    from = match.index + match[0].length;
  }
  if (from < cut.length) pieces.push({ text: cut.slice(from), isHidden: false });
  if (text.length > cut.length) pieces.push({ text: '…', isHidden: false });
  return pieces;
}

function nameOf({ 0: found, groups }: RegExpMatchArray): string {
  if (groups?.['padding'] !== undefined) {
    const count = Array.from(found).filter((character) => !/[\p{Zs}\n]/u.test(character)).length;
    return `⟦${count} invisible characters⟧`;
  }
  if (groups?.['marks'] !== undefined) return `⟦${Array.from(found).length} more marks⟧`;
  const code = found.codePointAt(0) ?? 0;
  return `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧`;
}
