import { html, type Html } from '../html.ts';
import { countText } from '../pages/figures.ts';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const cell = { width: 24, height: 20 };
const left = 40;
const top = 18;
/** Steps of colour, of which 0 is "none". */
const steps = 5;

/** Messages by hour of the week, UTC; `counts` has 168 numbers from Monday, 00:00. */
export function heatMap(counts: readonly number[]): Html {
  const most = Math.max(1, ...counts);
  const cells = days.flatMap((day, row) =>
    Array.from({ length: 24 }, (_, hour) => {
      const count = counts[row * 24 + hour] ?? 0;
      // Square root: quiet hours differ from silent ones beside a busy Monday.
      const step = count === 0 ? 0 : Math.max(1, Math.ceil(steps * Math.sqrt(count / most)));
      return html`<rect
        class="heat-${step}"
        x="${left + hour * cell.width}"
        y="${top + row * cell.height}"
        width="${cell.width - 2}"
        height="${cell.height - 2}"
        rx="2"
      >
        <title>${day} ${pad(hour)}:00, ${countText(count)}</title>
      </rect>`;
    }),
  );
  return html`<svg
    class="chart heat"
    viewBox="0 0 ${left + 24 * cell.width} ${top + 7 * cell.height}"
    role="img"
    aria-label="Messages by hour of the week, UTC"
  >
    ${[0, 6, 12, 18].map(
      (hour) =>
        html`<text class="tick" x="${left + hour * cell.width}" y="12">${pad(hour)}:00</text>`,
    )}
    ${days.map(
      (day, row) =>
        html`<text
          class="tick"
          x="${left - 8}"
          y="${top + row * cell.height + 14}"
          text-anchor="end"
          >${day}</text
        >`,
    )}
    ${cells}
  </svg>`;
}

function pad(hour: number): string {
  return String(hour).padStart(2, '0');
}
