import { collapseSpace } from './collapse-space.ts';
import { replaceInWordsWithAt } from './words-with-at.ts';

/** Far more than any notification has: padding must not hide what follows. */
const maxSentences = 20_000;

/** Text without a full stop is cut into pieces of this length. */
const longestSentence = 4000;

/**
 * Visible text in sentences, order kept, repetitions dropped (the plain and the HTML body say the same). The unit in
 * which boilerplate is recognised: independent of line wrapping.
 */
export function sentencesOf(blocks: readonly string[]): readonly string[] {
  return sentencesByBlock(blocks).map(({ text }) => text);
}

/** The same, each with the position of the block it first stands in. */
export function sentencesByBlock(
  blocks: readonly string[],
): readonly { readonly text: string; readonly block: number }[] {
  const sentences = new Map<string, number>();
  const met = new Set<string>();
  for (const [index, block] of blocks.entries()) {
    if (sentences.size >= maxSentences) break;
    if (met.has(block)) continue; // often the HTML says what the text has said
    met.add(block);
    for (const sentence of block.split(/(?<=[.!?…])\s+(?=\p{Lu}|\p{N}|["'“‘(])/u)) {
      for (const piece of piecesOf(sentence))
        if (!sentences.has(piece)) sentences.set(piece, index);
    }
  }
  return [...sentences].map(([text, block]) => ({ text, block }));
}

/** Between words where there are any. */
function piecesOf(sentence: string): readonly string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > longestSentence) {
    const space = rest.lastIndexOf(' ', longestSentence);
    const end = space > 0 ? space : longestSentence;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...pieces, rest];
}

/** A sentence with what changes from message to message masked, for comparison: links, addresses, numbers, names given. */
export function maskSentence(folded: string, names: readonly string[]): string {
  const withoutLinks = folded.toLowerCase().replace(/\bhttps?:\/\/\S+/g, '⟨url⟩');
  let masked = replaceInWordsWithAt(withoutLinks, /[^\s@<>]{1,80}@[^\s@<>]{1,120}/g, '⟨mail⟩')
    .replace(/[0-9a-f]{12,}/g, '⟨hex⟩')
    .replace(/\d+/g, '#');
  for (const name of names)
    if (name.length > 2) masked = masked.replaceAll(name.toLowerCase(), '⟨name⟩');
  return collapseSpace(masked).slice(0, 500);
}
