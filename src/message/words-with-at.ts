/** A word with an `@` in it, from its beginning: a pattern that may begin anywhere tries every letter of every other word. */
const withAt = /(?<!\S)[^\s@]*@\S*/g;

/** As `text.replace(pattern, replacement)`, for a pattern that matches no white space and nothing without an `@`. */
export function replaceInWordsWithAt(text: string, pattern: RegExp, replacement: string): string {
  if (!text.includes('@')) return text;
  return text.replace(withAt, (word) => word.replace(pattern, replacement));
}
