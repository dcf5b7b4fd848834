const maxSentences = 3000;

/**
 * Visible text in sentences, order kept, repetitions dropped (the plain and the HTML body say the same). The unit in
 * which boilerplate is recognised: independent of line wrapping.
 */
export function sentencesOf(blocks: readonly string[]): readonly string[] {
  const sentences = new Set<string>();
  for (const block of blocks) {
    for (const sentence of block.split(/(?<=[.!?…])\s+(?=\p{Lu}|\p{N}|["'“‘(])/u)) {
      sentences.add(sentence);
      if (sentences.size >= maxSentences) return [...sentences];
    }
  }
  return [...sentences];
}

/** A sentence with what changes from message to message masked, for comparison: links, addresses, numbers, names given. */
export function maskSentence(folded: string, names: readonly string[]): string {
  let masked = folded
    .toLowerCase()
    .replace(/\bhttps?:\/\/\S+/g, '⟨url⟩')
    .replace(/[^\s@<>]{1,80}@[^\s@<>]{1,120}/g, '⟨mail⟩')
    .replace(/[0-9a-f]{12,}/g, '⟨hex⟩')
    .replace(/\d+/g, '#');
  for (const name of names)
    if (name.length > 2) masked = masked.replaceAll(name.toLowerCase(), '⟨name⟩');
  return masked.replace(/\s+/g, ' ').trim().slice(0, 500);
}
