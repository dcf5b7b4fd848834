import { collapseSpace } from './collapse-space.ts';

/** Plain text is wrapped at will: lines of one paragraph belong together. */
export function paragraphsOf(text: string, maxParagraphs: number): readonly string[] {
  return text
    .split(/\n(?:[ \t]*\n)+/)
    .slice(0, maxParagraphs)
    .map(collapseSpace)
    .filter((paragraph) => paragraph !== '');
}
