/** A run of white space that is not one space already: in most text there are few, and only these are rewritten. */
const gap = /[^\S ]\s*| \s+/g;

/** Every run of white space as one space, none at the ends. */
export function collapseSpace(text: string): string {
  return text.replace(gap, ' ').trim();
}
