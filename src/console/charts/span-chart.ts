import { html, type Html } from '../html.ts';
import { countText } from '../pages/figures.ts';
import { visible, visibleString } from '../pages/visible-text.ts';
import { px } from './svg.ts';

export type Span = {
  readonly value: string;
  readonly firstDay: number;
  readonly lastDay: number;
  /** Days it is known to have come on, among the last 32. */
  readonly recentDays: readonly number[];
  readonly messages: number;
  readonly isEstablished: boolean;
};

const width = 640;
const height = 18;

/** Days from `firstDay` to `today` as a row of a table: when a value came, from its first day to its last. */
export function spanRow(span: Span, firstDay: number, today: number): Html {
  const perDay = width / Math.max(1, today - firstDay + 1);
  const at = (day: number) => px((Math.max(firstDay, day) - firstDay) * perDay);
  const kind = span.isEstablished ? 'established' : 'young';
  const dates = `${isoDay(span.firstDay)} to ${isoDay(span.lastDay)}`;
  return html`<tr>
    <th scope="row" class="name">${visible(span.value, 80)}</th>
    <td class="picture">
      <svg
        class="span ${kind}"
        viewBox="0 0 ${width} ${height}"
        preserveAspectRatio="none"
        role="img"
        aria-label="${visibleString(span.value, 80)}: ${dates}"
      >
        <line class="life" x1="${at(span.firstDay)}" x2="${at(span.lastDay + 1)}" y1="9" y2="9" />
        ${span.recentDays.map(
          (day) =>
            html`<rect
              x="${at(day)}"
              y="3"
              width="${px(Math.max(1.5, perDay - 0.6))}"
              height="12"
            />`,
        )}
      </svg>
    </td>
    <td class="number">${countText(span.messages)}</td>
    <td class="nowrap">${isoDay(span.firstDay)}</td>
    <td>${span.isEstablished ? 'yes' : 'not yet'}</td>
  </tr>`;
}

export function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
