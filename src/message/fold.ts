import unhomoglyph from 'unhomoglyph';

/** Soft hyphen, zero-width and bidi controls, word joiner, variation selectors, tags: seen by software, not by people. */
const invisible =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\u{E0000}-\u{E0FFF}]/gu;

/**
 * The text as a person reads it: NFKC, invisible characters dropped, letters of other scripts that look Latin written as
 * Latin (Unicode confusables), combining marks dropped. Case is kept: "CanceI" is settled by `foldWord`.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text;
  const visible = text.normalize('NFKC').replace(invisible, '');
  if (isAscii(visible)) return visible;
  const latin = visible
    .normalize('NFD')
    .replace(/[^\0-\x7f]/gu, (character) => unhomoglyph(character));
  // After the look-alikes, since some of them come with a mark (ł is l and a stroke).
  return latin.replace(/\p{M}+/gu, '');
}

/** A word for comparison with a list: folded, lower case, `I`/`1`/`|` and `0` inside letters read as letters. */
export function foldWord(word: string): string {
  const looksLikeLetters = /[I10|]/.test(word) && /[a-z]/.test(word);
  if (!looksLikeLetters) return word.toLowerCase();
  return word
    .replace(/(?<=[a-z])[I1|]/g, 'l')
    .replace(/(?<=[a-zA-Z])0/g, 'o')
    .toLowerCase();
}

/** Words of folded text in order, for lure windows; at most `limit`. */
export function wordsOf(folded: string, limit: number): readonly string[] {
  const words = folded.match(/[\p{L}\p{N}|]+(?:['’][\p{L}]+)?/gu) ?? [];
  return words.slice(0, limit).map(foldWord);
}

const hiding = String.raw`[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]`;
const hidden = new RegExp(hiding, 'u');
const hiddenInsideWord = new RegExp(String.raw`[\p{L}\p{N}]${hiding}+[\p{L}\p{N}]`, 'u');

/** An invisible character between two word characters: hides a word from software (padding elsewhere is ordinary). */
export function hidesInsideWord(text: string): boolean {
  return hidden.test(text) && hiddenInsideWord.test(text);
}

const lookAlikeScript =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

/** One word mixes Latin letters with look-alikes of another script, or is set in mathematical letters. */
export function mixesScripts(text: string): boolean {
  if (isAscii(text)) return false;
  if (/[\u{1D400}-\u{1D7FF}]/u.test(text)) return true;
  if (!lookAlikeScript.test(text)) return false;
  for (const [word] of text.matchAll(/[\p{L}\p{N}]+/gu))
    if (/\p{Script=Latin}/u.test(word) && lookAlikeScript.test(word)) return true;
  return false;
}

export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
