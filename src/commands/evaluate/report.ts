import { ablationLines } from './ablation-figures.ts';
import type { AbuseTotals, AbuseView } from './abuse-figures.ts';
import { comparisonLines, otherFilterLines } from './comparison-text.ts';
import type { Figures } from './figures.ts';
import type { KindFigures } from './injection-figures.ts';
import { scenarioLines } from './scenarios/scenario-text.ts';
import { percentText, rateText, type Share } from './share.ts';

/** The figures for people, with counts and 95 % intervals. */
export function evaluationText(figures: Figures): string {
  const sections = [
    honestLines(figures),
    injectionLines(figures.injection.byKind),
    abuseLines(figures),
    comparisonLines(figures.comparison),
    otherFilterLines(figures.otherFilters),
    ablationLines(figures.ablations),
    figures.scenarios === null ? [] : scenarioLines(figures.scenarios),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function honestLines({ streams, coldHonest }: Figures): readonly string[] {
  const { perAlias, alarms, messages, scored, tagged, quarantined } = streams;
  return [
    'Honest mail, in arrival order, after warm-up',
    `  ${perAlias.length} aliases, ${messages} messages, ${scored} scored`,
    `  tagged      ${rateText(tagged, scored)}`,
    `  quarantined ${rateText(quarantined, scored)}`,
    ...alarms.map(
      ({ alias, bits, reason }) => `    ${alias}, ${bits.toFixed(1)} bits: ${reason.slice(0, 160)}`,
    ),
    'The same mail, every message as the first of its alias',
    `  tagged      ${rateText(coldHonest.tagged, coldHonest.n)}`,
    `  quarantined ${rateText(coldHonest.quarantined, coldHonest.n)}`,
    ...coldHonest.perAlias
      .filter((alias) => alias.tagged > 0)
      .map(({ alias, tagged: flagged, n }) => `    ${alias}: ${flagged} of ${n}`),
  ];
}

function injectionLines(kinds: readonly KindFigures[]): readonly string[] {
  if (kinds.length === 0) return [];
  const columns = ['all', 'n >= 100', 'n >= 200', 'closed', 'rigid', 'mixed', 'free text'];
  return [
    'One slot of an honest message changed, same history as its twin: tagged / held in percent (messages)',
    `  ${'kind'.padEnd(6)}${columns.map((name) => name.padEnd(17)).join('')}`,
    ...kinds.map(({ kind, title, ...of }) =>
      [
        `  ${kind.padEnd(6)}`,
        ...[of, of.at100, of.at200, of.closed, of.rigid, of.mixed, of.freeText].map((share) =>
          shareText(share).padEnd(17),
        ),
        title,
      ].join(''),
    ),
  ];
}

function shareText({ n, tagged, quarantined }: Share): string {
  const percent = (events: number) => percentText(events, n).replace(' %', '');
  return n === 0 ? '-' : `${percent(tagged)} / ${percent(quarantined)} (${n})`;
}

function abuseLines({ abuse, legitMislabelled }: Figures): readonly string[] {
  if (abuse.messages + legitMislabelled.n === 0) return [];
  return [
    'Real abuse, every alias without history',
    ...viewLines('no pack, no history', abuse.cold),
    ...viewLines('with the pack, where there is one', abuse.withPack),
    `  genuine mail reported as phishing: tagged ${legitMislabelled.tagged} of ${legitMislabelled.n}`,
  ];
}

function viewLines(title: string, view: AbuseView): readonly string[] {
  return [
    `  ${title}`,
    ...view.byClass.map((totals) => `    ${totals.class.padEnd(24)}${totalsText(totals)}`),
  ];
}

function totalsText(totals: AbuseTotals): string {
  const { campaigns, campaignsTagged, campaignInterval, messages, tagged, messageInterval } =
    totals;
  return `campaigns ${campaignsTagged} of ${campaigns} (${intervalText(campaignInterval)}), messages ${tagged} of ${messages} (${intervalText(messageInterval)})`;
}

function intervalText([low, high]: readonly [number, number]): string {
  return `95 %: ${Math.round(100 * low)} to ${Math.round(100 * high)} %`;
}
