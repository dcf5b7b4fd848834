import { html, type Html } from '../html.ts';
import type { StructureBox } from '../preview/html-structure.ts';
import { px } from './svg.ts';

const width = 360;
const line = 7;
const maxHeight = 1400;

/**
 * Where an HTML message has text, pictures, links and fields: outlines only. Nothing of the message's own markup, style,
 * text or pictures is in it.
 */
export function structurePicture(boxes: readonly StructureBox[]): Html {
  const drawn: Html[] = [];
  let top = 6;
  for (const row of rowsOf(boxes)) {
    if (top > maxHeight) break;
    const height = Math.max(...row.map((box) => heightOf(box)));
    drawn.push(...row.map((box) => boxSvg(box, top)));
    top += height + 6;
  }
  return html`<svg
    class="structure"
    viewBox="0 0 ${width} ${px(top)}"
    role="img"
    aria-label="Outline of the HTML part: ${boxes.length} boxes"
  >
    ${drawn}
  </svg>`;
}

function rowsOf(boxes: readonly StructureBox[]): readonly (readonly StructureBox[])[] {
  const rows: StructureBox[][] = [];
  for (const box of boxes) {
    const row = rows.at(-1);
    if (box.column > 0 && row !== undefined) row.push(box);
    else rows.push([box]);
  }
  return rows;
}

function boxSvg(box: StructureBox, top: number): Html {
  const { left, width: boxWidth } = placeOf(box);
  const height = heightOf(box);
  const frame = html`<rect
    class="box ${box.kind}"
    x="${px(left)}"
    y="${px(top)}"
    width="${px(boxWidth)}"
    height="${px(height)}"
    rx="2"
  />`;
  if (box.kind === 'rule')
    return html`<line
      class="axis"
      x1="${px(left)}"
      x2="${px(left + boxWidth)}"
      y1="${px(top + 2)}"
      y2="${px(top + 2)}"
    />`;
  if (box.kind === 'image')
    return html`${frame}<path
        class="cross"
        d="M${px(left)} ${px(top)}L${px(left + boxWidth)} ${px(top + height)}M${px(left + boxWidth)} ${px(top)}L${px(left)} ${px(top + height)}"
      />`;
  return html`${frame}${textLines(box, { left, top, boxWidth })}`;
}

function textLines(
  box: StructureBox,
  { left, top, boxWidth }: { left: number; top: number; boxWidth: number },
): readonly Html[] {
  const perLine = Math.max(8, (boxWidth - 12) / 4);
  const lines = linesOf(box);
  return Array.from({ length: lines }, (_, index) => {
    const rest = box.characters - index * perLine;
    const length = Math.max(6, Math.min(boxWidth - 12, rest * 4));
    return html`<rect
      class="words"
      x="${px(left + 6)}"
      y="${px(top + 5 + index * line)}"
      width="${px(length)}"
      height="3"
    />`;
  });
}

function placeOf({ depth, column, columns }: StructureBox) {
  const inset = 6 + depth * 5;
  const whole = width - 2 * inset;
  const share = whole / columns;
  return { left: inset + column * share, width: share - (columns > 1 ? 4 : 0) };
}

function linesOf(box: StructureBox): number {
  const perLine = Math.max(8, (placeOf(box).width - 12) / 4);
  return Math.min(12, Math.max(1, Math.ceil(box.characters / perLine)));
}

function heightOf(box: StructureBox): number {
  if (box.kind === 'image') return 34;
  if (box.kind === 'rule') return 4;
  if (box.kind === 'field') return 14;
  return 7 + linesOf(box) * line;
}
