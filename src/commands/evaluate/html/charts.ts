import { mislabelledClass } from '../abuse.ts';
import { groupsOf } from '../share.ts';
import type { Evaluation } from '../evaluate-mail.ts';
import type { Figures } from '../figures.ts';
import { linearAxis, logAxis } from './axis.ts';
import { chartSvg, plot } from './chart.ts';
import { calibrationCurve, detectionCurve, histogramBars, rocCurve } from './curves.ts';

const rocKinds = ['a', 'a3', 'b', 'c', 'd', 'e2', 'h'];
const shownCopies = 20;
const percent = (share: number) => `${Math.round(100 * share)} %`;

export type Floors = { readonly tagBits: number; readonly quarantineBits: number };

/** Recall by kind where few honest messages are flagged. */
export function rocChart({ streams }: Evaluation): string {
  const honest = streams.flatMap((stream) => stream.honest.map(({ bits }) => bits));
  const injections = streams.flatMap((stream) => stream.injections);
  const ofKind = (kind: string) =>
    injections.filter((injection) =>
      kind === 'h' ? injection.kind.startsWith('h-') : injection.kind === kind,
    );
  return chartSvg({
    title: 'Recall where few honest messages are flagged, one threshold for all aliases',
    x: logAxis({
      label: 'honest messages flagged (left end: none)',
      from: 0.5 / Math.max(1, honest.length),
      to: 1,
      lengthPx: plot.widthPx,
    }),
    y: shareAxis('recall'),
    lines: rocKinds
      .map((kind, index) => ({
        name: kind,
        style: `s${index}`,
        points: rocCurve(
          honest,
          ofKind(kind).map(({ bits }) => bits),
        ),
      }))
      .filter(({ name }) => ofKind(name).length > 0),
  });
}

export function scoreChart({ streams }: Evaluation, { tagBits, quarantineBits }: Floors): string {
  const range = { from: -14, to: 40, width: 1 };
  const bars = (scores: readonly number[]) => histogramBars(scores, range);
  const honest = bars(streams.flatMap((stream) => stream.honest.map(({ bits }) => bits)));
  const injected = bars(streams.flatMap((stream) => stream.injections.map(({ bits }) => bits)));
  const highest = Math.max(1, ...[...honest, ...injected].map(({ height }) => height));
  const step = highest > 50 ? 20 : 10;
  const to = Math.ceil(highest / step) * step;
  return chartSvg({
    title: 'Scores of honest and of injected messages',
    x: linearAxis({ label: 'score in bits', from: -14, to: 40, lengthPx: plot.widthPx }, 6),
    y: linearAxis(
      { label: 'share', from: 0, to, lengthPx: plot.heightPx },
      step,
      (value) => `${Math.round(value)} %`,
    ),
    bars: [
      { name: 'honest', style: 's0', bars: honest },
      { name: 'injected, all kinds', style: 's1', bars: injected },
    ],
    marks: [
      { x: tagBits, text: 'tag' },
      { x: quarantineBits, text: 'hold' },
    ],
  });
}

export function calibrationChart({ streams }: Evaluation): string {
  const claimed = streams.flatMap((stream) => stream.honest.map(({ pValue }) => pValue));
  const axis = (label: string, lengthPx: number) => logAxis({ label, from: 1e-4, to: 1, lengthPx });
  return chartSvg({
    title: 'Claimed chance of an honest message scoring as high, and how often it did',
    x: axis('claimed', plot.widthPx),
    y: axis('realised', plot.heightPx),
    lines: [
      {
        name: 'claim kept',
        style: 'neutral',
        isDashed: true,
        points: [
          { x: 1e-4, y: 1e-4 },
          { x: 1, y: 1 },
        ],
      },
      { name: 'honest mail', style: 's0', hasDots: true, points: calibrationCurve(claimed) },
    ],
  });
}

/** Campaigns of real abuse, and replays where they were played. */
export function detectionChart({ abuse }: Evaluation, { scenarios }: Figures): string {
  const attacks = abuse.withPack.filter((result) => result.class !== mislabelledClass);
  const campaigns = groupsOf(attacks, ({ campaign }) => campaign)
    .map(([, results]) => results)
    .map((results) => {
      const first = results.findIndex(({ tagged }) => tagged);
      return first === -1 ? null : first;
    });
  const replays = (scenarios?.rows ?? []).filter(({ isAttack }) => isAttack);
  return chartSvg({
    title: 'Time to detection: attacks seen by the time so many of their messages were delivered',
    x: linearAxis(
      { label: 'messages delivered before', from: 0, to: shownCopies, lengthPx: plot.widthPx },
      2,
    ),
    y: shareAxis('attacks with a flag'),
    lines: [
      ...(campaigns.length === 0
        ? []
        : [
            {
              name: `${campaigns.length} campaigns of real abuse, without history`,
              style: 's0',
              points: detectionCurve(campaigns, shownCopies),
            },
          ]),
      ...replays.map(({ title, perAlias }, index) => ({
        name: `${title} (${perAlias.length} aliases)`,
        style: `s${index + 1}`,
        points: detectionCurve(
          perAlias.map(({ beforeFirstFlag }) => beforeFirstFlag),
          shownCopies,
        ),
      })),
    ],
  });
}

function shareAxis(label: string) {
  return linearAxis({ label, from: 0, to: 1, lengthPx: plot.heightPx }, 0.2, percent);
}
