import type { Bar, Point } from './chart.ts';

/**
 * Recall against the share of honest mail flagged, as the threshold falls; the first point is at zero honest flags, drawn
 * at half a message. Scores in bits.
 */
export function rocCurve(honest: readonly number[], attacks: readonly number[]): readonly Point[] {
  const thresholds = honest.toSorted((left, right) => right - left);
  const sorted = attacks.toSorted((left, right) => right - left);
  const recallAbove = (threshold: number) =>
    sorted.length === 0 ? 0 : countWhile(sorted, (score) => score > threshold) / sorted.length;
  const points = thresholds.map((threshold, flagged) => ({
    x: Math.max(flagged, 0.5) / honest.length,
    y: recallAbove(threshold),
  }));
  return thinned(points);
}

/** Share of scores per bin of `width` bits, in percent; what lies outside is counted in the first and the last bin. */
export function histogramBars(
  scores: readonly number[],
  { from, to, width }: { readonly from: number; readonly to: number; readonly width: number },
): readonly Bar[] {
  const counts = Array.from({ length: Math.round((to - from) / width) }, () => 0);
  for (const score of scores) {
    const bin = Math.min(counts.length - 1, Math.max(0, Math.floor((score - from) / width)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({
    from: from + bin * width,
    to: from + (bin + 1) * width,
    height: scores.length === 0 ? 0 : (100 * count) / scores.length,
  }));
}

/** For each claimed chance, the share of honest mail that claims no more: on the diagonal a claim is kept. */
export function calibrationCurve(claimed: readonly number[]): readonly Point[] {
  const levels = Array.from({ length: 17 }, (_, step) => 10 ** (-step / 4));
  return levels
    .map((level) => ({
      x: level,
      y: claimed.filter((chance) => chance <= level).length / claimed.length,
    }))
    .filter(({ y }) => y > 0);
}

/** Share found by the time that so many messages went through; null was never found. */
export function detectionCurve(before: readonly (number | null)[], upTo: number): readonly Point[] {
  const found = before.filter((count) => count !== null);
  return Array.from({ length: upTo + 1 }, (_, delivered) => ({
    x: delivered,
    y: before.length === 0 ? 0 : found.filter((count) => count <= delivered).length / before.length,
  }));
}

function countWhile(sorted: readonly number[], holds: (value: number) => boolean): number {
  const end = sorted.findIndex((value) => !holds(value));
  return end === -1 ? sorted.length : end;
}

/** Of points that follow each other at one height only the ends: thousands of them are one line. */
function thinned(points: readonly Point[]): readonly Point[] {
  return points.filter(({ y }, index) => y !== points[index - 1]?.y || y !== points[index + 1]?.y);
}
