import { injectionFigures } from './injection-figures.ts';
import { shareOf, type Share } from './share.ts';
import type { StreamResult } from './streams.ts';

export type AblationResult = {
  readonly id: string;
  readonly title: string;
  readonly streams: readonly StreamResult[];
};

export type AblationFigures = {
  readonly ablation: string;
  readonly title: string;
  readonly honest: Share;
  readonly byKind: readonly (Share & { readonly kind: string })[];
};

/** What each part is worth: honest tags and recall without it. */
export function ablationFigures(results: readonly AblationResult[]): readonly AblationFigures[] {
  return results.map(({ id, title, streams }) => ({
    ablation: id,
    title,
    honest: shareOf(streams.flatMap(({ honest }) => honest)),
    byKind: injectionFigures(streams).map(({ kind, n, tagged, quarantined }) => ({
      kind,
      n,
      tagged,
      quarantined,
    })),
  }));
}

export function ablationLines(figures: readonly AblationFigures[]): readonly string[] {
  const kinds = figures[0]?.byKind.map(({ kind }) => kind) ?? [];
  if (figures.length === 0) return [];
  const cell = ({ n, tagged }: Share) => (n === 0 ? '-' : String(Math.round((100 * tagged) / n)));
  return [
    'One part taken out: honest tags, and recall in percent by kind',
    `  ${'part'.padEnd(44)}${'honest'.padEnd(12)}${kinds.map((kind) => kind.padEnd(7)).join('')}`,
    ...figures.map(
      ({ title, honest, byKind }) =>
        `  ${title.padEnd(44)}${`${honest.tagged} of ${honest.n}`.padEnd(12)}${byKind.map((share) => cell(share).padEnd(7)).join('')}`,
    ),
  ];
}
