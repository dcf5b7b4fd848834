import type { BacktestResult } from '../../backtest/backtest.ts';
import type { GateVerdict } from '../../backtest/gate.ts';
import {
  changesTable,
  notesOf,
  totalsTable,
  type ReportTable,
} from '../../backtest/report-text.ts';
import { escapeHtml } from '../escape-html.ts';
import { style } from '../evaluate/html/style.ts';

/** One self-contained page: no script, nothing loaded, everything escaped. */
export function backtestPage(result: BacktestResult, gate: GateVerdict): string {
  const notes = notesOf(result, gate).map((note) => `<p>${escapeHtml(note)}</p>`);
  const title = `Backtest of rules ${result.candidate}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><h1>${escapeHtml(title)}</h1>
${notes.join('\n')}
${result.kept === 0 ? '' : tablesOf(result)}
</body></html>
`;
}

function tablesOf(result: BacktestResult): string {
  const { changes } = result;
  return `<h2>All mail</h2>
${tableOf(totalsTable(result))}
<h2>By alias and cause</h2>
${changes.length === 0 ? '<p>Nothing would change.</p>' : tableOf(changesTable(result))}`;
}

function tableOf({ headings, rows }: ReportTable): string {
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table>${row(headings, 'th')}${rows.map((cells) => row(cells, 'td')).join('\n')}</table></div>`;
}
