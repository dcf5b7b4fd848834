import { html, type Html } from '../html.ts';
import { bitsText, countText, thresholdText } from '../pages/figures.ts';
import { px } from './svg.ts';

export type ScoreHistogramView = {
  /** Messages by score, `bits` the lower end of a bin one bit wide, ascending. */
  readonly bins: readonly { readonly bits: number; readonly messages: number }[];
  /** Scores from which mail is tagged, is held. */
  readonly tagBits: number;
  readonly quarantineBits: number;
  /** The message that is looked at, or null. */
  readonly scoreBits: number | null;
};

const plot = { left: 44, top: 24, width: 600, height: 150 };

/** Scores of the alias's honest mail on a logarithmic scale, where the thresholds stand, and where a message does. */
export function scoreHistogram({
  bins,
  tagBits,
  quarantineBits,
  scoreBits,
}: ScoreHistogramView): Html {
  const marks = [tagBits, quarantineBits, ...(scoreBits === null ? [] : [scoreBits])];
  const from = Math.floor(Math.min(-10, ...bins.map(({ bits }) => bits), ...marks) / 5) * 5;
  const to = Math.ceil((Math.max(20, ...bins.map(({ bits }) => bits), ...marks) + 2) / 5) * 5;
  const most = Math.max(1, ...bins.map(({ messages }) => messages));
  const powers = Math.max(1, Math.ceil(Math.log10(most + 1)));
  const x = (bits: number) => plot.left + ((bits - from) / (to - from)) * plot.width;
  const y = (messages: number) =>
    plot.top + plot.height * (1 - Math.log10(messages + 1) / Math.log10(10 ** powers + 1));
  const ticks = Array.from({ length: (to - from) / 5 + 1 }, (_, index) => from + 5 * index);
  const rows = [0, ...Array.from({ length: powers }, (_, index) => 10 ** (index + 1))];
  return html`<svg
    class="chart scores"
    viewBox="0 0 ${plot.left + plot.width + 12} ${plot.top + plot.height + 40}"
    role="img"
    aria-label="Scores of this alias's mail in bits; tag from ${thresholdText(
      tagBits,
    )}, hold from ${thresholdText(quarantineBits)}"
  >
    ${rows.map(
      (count) =>
        html`<line
            class="grid"
            x1="${plot.left}"
            x2="${plot.left + plot.width}"
            y1="${px(y(count))}"
            y2="${px(y(count))}"
          />
          <text class="tick" x="${plot.left - 6}" y="${px(y(count) + 4)}" text-anchor="end">
            ${countText(count)}
          </text>`,
    )}
    ${ticks.map(
      (bits) =>
        html`<text
          class="tick"
          x="${px(x(bits))}"
          y="${plot.top + plot.height + 16}"
          text-anchor="middle"
          >${String(bits).replace('-', '−')}</text
        >`,
    )}
    ${bins.map(
      ({ bits, messages }) =>
        html`<rect
          class="bar"
          x="${px(x(bits) + 0.5)}"
          y="${px(y(messages))}"
          width="${px(Math.max(1, x(bits + 1) - x(bits) - 1))}"
          height="${px(plot.top + plot.height - y(messages))}"
        >
          <title>${bitsText(bits)} to ${bitsText(bits + 1)} bits: ${countText(messages)}</title>
        </rect>`,
    )}
    ${mark(x(tagBits), `tag ${thresholdText(tagBits)}`, 'tag', 0)}
    ${mark(x(quarantineBits), `hold ${thresholdText(quarantineBits)}`, 'hold', 1)}
    ${scoreBits !== null && mark(x(scoreBits), `this ${bitsText(scoreBits)}`, 'this', 2)}
    <text
      class="axis-name"
      x="${plot.left + plot.width / 2}"
      y="${plot.top + plot.height + 34}"
      text-anchor="middle"
    >
      score in bits
    </text>
  </svg>`;
}

/** Words of neighbouring lines stand on different heights, so that they never cover each other. */
function mark(x: number, text: string, kind: 'tag' | 'hold' | 'this', row: number): Html {
  const isRight = x > plot.left + plot.width - 80;
  return html`<g class="mark ${kind}">
    <line x1="${px(x)}" x2="${px(x)}" y1="${4 + 14 * row}" y2="${plot.top + plot.height}" />
    <text
      x="${px(x + (isRight ? -5 : 5))}"
      y="${14 + 14 * row}"
      text-anchor="${isRight ? 'end' : 'start'}"
      >${text}</text
    >
  </g>`;
}
