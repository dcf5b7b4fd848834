import type { Counted, MethodFigures } from './comparison-figures.ts';
import type { FilterFigures } from './other-filters.ts';
import { percentText, rateText } from './share.ts';

const shownKinds = ['a', 'a2', 'a3', 'b', 'c', 'd', 'e', 'e2', 'h-ics', 'h-pdf', 'h-qr'];

export function comparisonLines(methods: readonly MethodFigures[]): readonly string[] {
  return [
    'Causes against simpler rules, on the later half of every stream; thresholds from the earlier half',
    ...methods.flatMap(({ title, thresholdBits, honest, byKind, abuseCampaigns }) => [
      `  ${title}${thresholdBits === null ? '' : ` (above ${thresholdBits.toFixed(1)} bits)`}`,
      `    honest mail tagged ${rateText(honest.tagged, honest.n)}; real abuse, campaigns ${abuseCampaigns.tagged} of ${abuseCampaigns.n}`,
      `    recall ${recalls(byKind)}`,
    ]),
  ];
}

export function otherFilterLines(filters: readonly FilterFigures[]): readonly string[] {
  if (filters.length === 0) return [];
  return [
    'Other filters on a sample of the same messages, local rules only',
    ...filters.flatMap((filter) =>
      filter.skipped === null
        ? [
            `  ${filter.name}: honest mail flagged ${rateText(filter.honest.tagged, filter.honest.n)}; real abuse ${filter.abuse.tagged} of ${filter.abuse.n}`,
            `    recall ${recalls(filter.byKind)}`,
          ]
        : [`  ${filter.name}: skipped, ${filter.skipped}`],
    ),
  ];
}

function recalls(byKind: readonly (Counted & { readonly kind: string })[]): string {
  return byKind
    .filter(({ kind }) => shownKinds.includes(kind))
    .map(({ kind, n, tagged }) => `${kind} ${percentText(tagged, n)}`)
    .join(', ');
}
