/** Words of one message that can be searched for; more than a subject, a From address and a reason hold. */
const mostWords = 120;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The distinct words of a text, in lower case and compatibility form; also of scripts that are written without gaps. */
export function searchWords(text: string): readonly string[] {
  const words = new Set<string>();
  for (const { segment, isWordLike } of segmenter.segment(text.normalize('NFKC').toLowerCase())) {
    if (isWordLike !== true) continue;
    // An address is one word to the segmenter, and several to whoever looks for its domain.
    for (const word of segment.split(/[^\p{L}\p{N}\p{M}]+/u)) if (word !== '') words.add(word);
    if (words.size >= mostWords) break;
  }
  return [...words].slice(0, mostWords);
}
