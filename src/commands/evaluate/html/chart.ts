import type { Axis } from './axis.ts';
import { escapeHtml } from '../../escape-html.ts';

export const plot = { widthPx: 560, heightPx: 260 };
const margin = { top: 16, right: 16, bottom: 48, left: 84 };

export type Point = { readonly x: number; readonly y: number };

/** `style` is a class of the page's style sheet: `s0` … `s7`. */
export type Line = {
  readonly name: string;
  readonly style: string;
  readonly points: readonly Point[];
  readonly isDashed?: boolean;
  readonly hasDots?: boolean;
};
export type Bar = { readonly from: number; readonly to: number; readonly height: number };
export type Bars = { readonly name: string; readonly style: string; readonly bars: readonly Bar[] };
export type Mark = { readonly x: number; readonly text: string };

export type Chart = {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines?: readonly Line[];
  readonly bars?: readonly Bars[];
  /** Vertical lines with a word. */
  readonly marks?: readonly Mark[];
};

/** One chart as SVG with its legend; colours come from the page. */
export function chartSvg({ title, x, y, lines = [], bars = [], marks = [] }: Chart): string {
  const width = plot.widthPx + margin.left + margin.right;
  const height = plot.heightPx + margin.top + margin.bottom;
  const parts = [
    ...y.ticks.map(({ value, text }) => yTick(plot.heightPx - y.place(value), text)),
    ...x.ticks.map(({ value, text }) => xTick(x.place(value), text)),
    ...bars.flatMap(({ style, bars: each }) => each.map((bar) => barSvg(bar, style, { x, y }))),
    ...marks.map((mark) => markSvg(x.place(mark.x), mark.text)),
    ...lines.map((line) => lineSvg(line, { x, y })),
    label(plot.widthPx / 2, plot.heightPx + 38, x.label, 'middle'),
    `<text class="label" transform="translate(-70 ${plot.heightPx / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(y.label)}</text>`,
  ];
  return [
    `<figure><figcaption>${escapeHtml(title)}</figcaption>`,
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">`,
    `<g transform="translate(${margin.left} ${margin.top})">${parts.join('')}</g></svg>`,
    legend([...bars, ...lines]),
    '</figure>',
  ].join('');
}

type Axes = { readonly x: Axis; readonly y: Axis };

function lineSvg({ points, style, isDashed, hasDots }: Line, { x, y }: Axes): string {
  const places = points.map((point) => [x.place(point.x), plot.heightPx - y.place(point.y)]);
  const path = places.map(([left, top]) => `${px(left)},${px(top)}`).join(' ');
  const dots = hasDots === true ? places : [];
  return `<polyline class="line ${style}${isDashed === true ? ' dashed' : ''}" points="${path}"/>${dots
    .map(([left, top]) => `<circle class="dot ${style}" cx="${px(left)}" cy="${px(top)}" r="3.5"/>`)
    .join('')}`;
}

function barSvg({ from, to, height }: Bar, style: string, { x, y }: Axes): string {
  const [left, right, high] = [x.place(from), x.place(to), y.place(height)];
  return `<rect class="bar ${style}" x="${px(left)}" y="${px(plot.heightPx - high)}" width="${px(Math.max(0, right - left - 0.5))}" height="${px(high)}"/>`;
}

function markSvg(left: number, text: string): string {
  return `<line class="mark" x1="${px(left)}" x2="${px(left)}" y1="0" y2="${plot.heightPx}"/>${label(left + 4, 10, text, 'start')}`;
}

function yTick(top: number, text: string): string {
  return `<line class="grid" x1="0" x2="${plot.widthPx}" y1="${px(top)}" y2="${px(top)}"/>${label(-6, top + 4, text, 'end')}`;
}

function xTick(left: number, text: string): string {
  return `<line class="grid" x1="${px(left)}" x2="${px(left)}" y1="0" y2="${plot.heightPx}"/>${label(left, plot.heightPx + 18, text, 'middle')}`;
}

function label(left: number, top: number, text: string, anchor: string): string {
  return `<text class="label" x="${px(left)}" y="${px(top)}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}

function legend(series: readonly { readonly name: string; readonly style: string }[]): string {
  const keys = series.map(
    ({ name, style }) => `<span class="key"><i class="${style}"></i>${escapeHtml(name)}</span>`,
  );
  return `<div class="legend">${keys.join('')}</div>`;
}

function px(length: number | undefined): string {
  return (length ?? 0).toFixed(1);
}
