import type { Evaluation } from '../evaluate-mail.ts';
import type { Figures } from '../figures.ts';
import { calibrationChart, detectionChart, rocChart, scoreChart, type Floors } from './charts.ts';
import { escapeHtml } from '../../escape-html.ts';
import { style } from './style.ts';
import {
  abuseTable,
  ablationTable,
  comparisonTable,
  honestTable,
  injectionTable,
  scenarioTables,
} from './tables.ts';

export type Report = {
  readonly evaluation: Evaluation;
  readonly figures: Figures;
  readonly floors: Floors;
  /** Version of the rule set that was measured. */
  readonly rules: string;
};

/** One self-contained page: no script, nothing loaded; what comes from mail is escaped. */
export function reportPage({ evaluation, figures, floors, rules }: Report): string {
  const { streams, injection, abuse, ablations, scenarios } = figures;
  const sections = [
    section('Honest mail', 'False positives, with 95 % Wilson intervals.', honestTable(figures)),
    injection.byKind.length === 0
      ? ''
      : section(
          'One slot of an honest message changed',
          'Scored against the same history as the untouched message. By kind: percent tagged and held; then by length of history, on aliases that never link out, and by how much the text varies (tagged / held).',
          injectionTable(figures),
        ),
    abuse.messages === 0
      ? ''
      : section(
          'Real abuse',
          'Every alias without history. Messages of a campaign are copies of each other: campaigns count.',
          abuseTable(figures),
        ),
    section(
      'Against simpler rules',
      'On the later half of every stream; thresholds from the earlier half.',
      comparisonTable(figures),
    ),
    scenarios === null
      ? ''
      : section(
          'Scenarios',
          'The path of these messages is invented, for honest mail and attacks alike.',
          scenarioTables(figures),
        ),
    ablations.length === 0
      ? ''
      : section('One part taken out', 'Honest tags and recall.', ablationTable(figures)),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Aliaswatch: detection measured</title><style>${style}</style></head><body>
<h1>Detection measured</h1>
<p>${escapeHtml(`${streams.perAlias.length} aliases, ${streams.messages.toLocaleString('en-US')} messages, ${streams.scored.toLocaleString('en-US')} scored after warm-up. Rule set ${rules}.`)}</p>
<div class="charts">${charts({ evaluation, figures, floors })}</div>
${sections.join('\n')}
</body></html>
`;
}

function charts({ evaluation, figures, floors }: Omit<Report, 'rules'>): string {
  return [
    figures.injection.byKind.length === 0 ? '' : rocChart(evaluation),
    scoreChart(evaluation, floors),
    calibrationChart(evaluation),
    figures.abuse.messages === 0 && figures.scenarios === null
      ? ''
      : detectionChart(evaluation, figures),
  ].join('');
}

function section(title: string, text: string, content: string): string {
  return `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(text)}</p>${content}`;
}
