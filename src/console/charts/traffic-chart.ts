import { html, type Html } from '../html.ts';
import { countText } from '../pages/figures.ts';
import { px, roundedUp } from './svg.ts';

export type TrafficHour = {
  /** ISO 8601, on the hour. */
  readonly hour: string;
  readonly verdicts: Readonly<Record<string, number>>;
};

/** What belongs together has a lane and a scale of its own: flagged mail is a thousandth of the rest. */
export const trafficLanes = [
  {
    name: 'flagged or unclear',
    verdicts: ['anomalous', 'suspicious', 'impersonation', 'unverified', 'unavailable'],
    heightPx: 72,
  },
  { name: 'watched, passed', verdicts: ['clean', 'learning'], heightPx: 56 },
  { name: 'unwatched', verdicts: ['unwatched'], heightPx: 32 },
] as const;

const slots = 48;
const slotPx = 26;
const left = 44;
const gapPx = 22;
const width = left + slots * slotPx;

/** The last 48 hours, oldest on the left; every hour says its figures when pointed at. */
export function trafficChart(traffic: readonly TrafficHour[], now: Date): Html {
  const last = Math.floor(now.getTime() / 3_600_000);
  const byHour = new Map(
    traffic.map((each) => [Math.floor(Date.parse(each.hour) / 3_600_000), each.verdicts]),
  );
  const hours = Array.from({ length: slots }, (_, index) => {
    const hour = last - slots + 1 + index;
    return { hour, verdicts: byHour.get(hour) ?? {} };
  });
  let top = 16;
  const lanes = trafficLanes.map((lane) => {
    const drawn = laneSvg(lane, hours, top);
    top += lane.heightPx + gapPx;
    return drawn;
  });
  return html`<svg
    class="chart wide"
    viewBox="0 0 ${width} ${top + 4}"
    role="img"
    aria-label="Messages per hour by verdict, last 48 hours"
  >
    ${lanes} ${hours.map(({ hour }, index) => hourLabel(hour, index, top - 4))}
  </svg>`;
}

type Lane = (typeof trafficLanes)[number];
type Hour = { readonly hour: number; readonly verdicts: Readonly<Record<string, number>> };

function laneSvg({ name, verdicts, heightPx }: Lane, hours: readonly Hour[], top: number): Html {
  const totals = hours.map((each) =>
    verdicts.reduce((sum, verdict) => sum + (each.verdicts[verdict] ?? 0), 0),
  );
  const most = roundedUp(Math.max(0, ...totals));
  const bottom = top + heightPx;
  return html`<text class="lane" x="${width}" y="${top - 5}" text-anchor="end">${name}</text>
    <line class="grid" x1="${left}" x2="${width}" y1="${top}" y2="${top}" />
    <line class="axis" x1="${left}" x2="${width}" y1="${bottom}" y2="${bottom}" />
    <text class="tick" x="${left - 6}" y="${top + 4}" text-anchor="end">${countText(most)}</text>
    <text class="tick" x="${left - 6}" y="${bottom}" text-anchor="end">0</text>
    ${hours.map((each, index) => hourBar(each, index, { verdicts, most, bottom, heightPx }))}`;
}

function hourBar(
  { hour, verdicts: counts }: Hour,
  index: number,
  lane: {
    readonly verdicts: readonly string[];
    readonly most: number;
    readonly bottom: number;
    readonly heightPx: number;
  },
): Html {
  const present = lane.verdicts.filter((verdict) => (counts[verdict] ?? 0) > 0);
  if (present.length === 0) return html``;
  let bottom = lane.bottom;
  const bars = present.map((verdict) => {
    // A single message among thousands must still be seen.
    const height = Math.max(1.5, ((counts[verdict] ?? 0) / lane.most) * lane.heightPx);
    bottom -= height;
    return html`<rect
      class="verdict-${verdict}"
      x="${px(left + index * slotPx + 2)}"
      y="${px(bottom)}"
      width="${slotPx - 4}"
      height="${px(height)}"
    />`;
  });
  const told = present.map((verdict) => `${countText(counts[verdict] ?? 0)} ${verdict}`);
  return html`<g>
    <title>${hourText(hour)}: ${told.join(', ')}</title>
    ${bars}
  </g>`;
}

function hourLabel(hour: number, index: number, y: number): Html {
  const ofDay = hour % 24;
  if (ofDay % 6 !== 0) return html``;
  const text = ofDay === 0 ? hourText(hour).slice(5, 10) : `${String(ofDay).padStart(2, '0')}:00`;
  // The last hour has no room beside it.
  const isLast = index === slots - 1;
  return html`<text
    class="tick"
    x="${px(left + (isLast ? slots : index) * slotPx)}"
    y="${y}"
    text-anchor="${isLast ? 'end' : 'start'}"
    >${text}</text
  >`;
}

function hourText(hour: number): string {
  return new Date(hour * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
