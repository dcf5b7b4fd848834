import { html, type Html } from '../html.ts';
import { signedBits } from '../pages/figures.ts';
import { visible } from '../pages/visible-text.ts';
import { px } from './svg.ts';

export type BitsTerm = {
  readonly signal: string;
  readonly bits: number;
  readonly observed: string;
  readonly baseline: string;
};

const width = 200;
const height = 14;

/**
 * Why a score is what it is: one bar per term, to the right for an attack, to the left for ordinary mail, with what the
 * message shows beside what the alias's own history shows. The bars add up to the last line.
 */
export function bitsChart(terms: readonly BitsTerm[], totalBits: number): Html {
  const rows = roundedTerms(terms, totalBits);
  const sizes = [...rows.map(({ bits }) => Math.abs(bits)), Math.abs(totalBits), 1];
  const most = Math.max(...sizes);
  const least = Math.min(0, totalBits, ...rows.map(({ bits }) => bits));
  const zero = (-least / (most - least)) * width;
  const scale = width / (most - least);
  const bar = (bits: number, kind: string) => barSvg(bits, { zero, scale, kind });
  return html`<div class="table">
    <table class="bits">
      <thead>
        <tr>
          <th scope="col">This message</th>
          <th scope="col" class="number">Bits</th>
          <th scope="col"><span class="sr">Bar</span></th>
          <th scope="col">This alias until then</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ signal, bits, observed, baseline }) =>
            html`<tr>
              <th scope="row">
                ${visible(observed === '' ? signal : observed, 300)}
                ${observed !== '' && observed !== signal && html`<small class="signal">${visible(signal, 60)}</small>`}
              </th>
              <td class="number">${signedBits(bits)}</td>
              <td class="picture">${bar(bits, bits < 0 ? 'against' : 'for')}</td>
              <td class="soft">${visible(baseline, 300)}</td>
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Score</th>
          <td class="number">${signedBits(totalBits)}</td>
          <td class="picture">${bar(totalBits, 'total')}</td>
          <td></td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}

function barSvg(
  bits: number,
  { zero, scale, kind }: { readonly zero: number; readonly scale: number; readonly kind: string },
): Html {
  const length = Math.max(1, Math.abs(bits) * scale);
  return html`<svg
    class="bit-bar"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <line class="axis" x1="${px(zero)}" x2="${px(zero)}" y1="0" y2="${height}" />
    <rect
      class="${kind}"
      x="${px(bits < 0 ? zero - length : zero)}"
      y="2"
      width="${px(length)}"
      height="${height - 4}"
    />
  </svg>`;
}

/** In tenths of a bit; the prior takes what rounding leaves, so that the column adds up. */
function roundedTerms(terms: readonly BitsTerm[], totalBits: number): readonly BitsTerm[] {
  const rounded = terms.map((term) => ({ ...term, tenths: Math.round(term.bits * 10) }));
  const last = rounded.at(-1);
  if (last === undefined) return [];
  const others = rounded.slice(0, -1);
  const left = Math.round(totalBits * 10) - others.reduce((sum, { tenths }) => sum + tenths, 0);
  // Explanations that were cut for length do not add up by themselves.
  const rest =
    Math.abs(left - last.tenths) > rounded.length
      ? [
          ...rounded.map((term) => ({ ...term, bits: term.tenths / 10 })),
          {
            signal: 'rest',
            observed: 'everything else',
            baseline: '',
            bits: (left - last.tenths) / 10,
          },
        ]
      : [...others, { ...last, tenths: left }].map((term) => ({ ...term, bits: term.tenths / 10 }));
  return rest;
}
