/** A run of text on a page, as PDF.js has it. */
export type PdfTextItem = {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  /** Text matrix; the last two numbers are where the run begins, in points from the lower left. */
  readonly transform: readonly number[];
};

/** Lines further apart than this many times their height belong to different paragraphs. */
const paragraphGap = 1.8;

/** Runs of text joined to paragraphs: a page has no other sign of them than the distance between lines. */
export function linesToParagraphs(items: readonly PdfTextItem[]): readonly string[] {
  const paragraphs: string[] = [];
  let paragraph = '';
  let lastY: number | null = null;
  for (const { str, hasEOL, height, transform } of items) {
    const y = transform[5] ?? 0;
    if (str !== '') {
      if (lastY !== null && Math.abs(lastY - y) > paragraphGap * height) {
        paragraphs.push(paragraph);
        paragraph = '';
      }
      lastY = y;
    }
    paragraph += hasEOL ? `${str} ` : str;
  }
  return [...paragraphs, paragraph].map((text) => text.trim()).filter((text) => text !== '');
}
