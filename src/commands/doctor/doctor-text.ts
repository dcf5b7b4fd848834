import { printable, renderTable } from '../text-table.ts';
import type { Finding } from './finding.ts';

const signs = { ok: 'ok', warning: 'WARNING', failed: 'FAILED' };

/** A table, and below it what to change, most urgent first. */
export function doctorText(findings: readonly Finding[]): string {
  const table = renderTable(
    [{ heading: 'check' }, { heading: 'result' }, { heading: 'what was found' }],
    findings.map(({ name, status, message }) => [name, signs[status], message]),
  );
  const broken = findings.filter(({ status }) => status === 'failed');
  const doubtful = findings.filter(({ status }) => status === 'warning');
  const advice = [...broken, ...doubtful].map(adviceText).join('');
  const end =
    broken.length === 0
      ? doubtful.length === 0
        ? 'all is well'
        : `nothing failed; ${count(doubtful.length, 'warning')}`
      : `${count(broken.length, 'failure')}, ${count(doubtful.length, 'warning')}`;
  return `${table}${advice === '' ? '' : `\nWhat to change\n${advice}`}\n${end}\n`;
}

function adviceText({ name, advice }: Finding): string {
  const lines = advice.map((line) => `    ${printable(line)}\n`);
  return `  ${printable(name)}\n${lines.join('')}`;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
