import { stageText } from '../../activation/stage-text.ts';
import { rollbackAdvice } from '../../decision/ruleset-breaker.ts';
import { printable, renderTable } from '../text-table.ts';
import type { BudgetUse } from './budgets-today.ts';
import type { RulesStatus } from './status.ts';

/** The status for a person at a terminal. */
export function statusText(status: RulesStatus, at: Date): string {
  const parts = [
    inForceLines(status),
    breakerLines(status),
    processLines(status, at),
    budgetLines(status),
  ];
  return `${parts.map((lines) => lines.map(printable).join('\n')).join('\n\n')}\n`;
}

function inForceLines({ inForce, since, refusedReloads }: RulesStatus): readonly string[] {
  const { active, candidate, ignored } = inForce;
  if (active === null) return ['no rules were activated yet: the first start of `serve` does'];
  const how =
    since === null
      ? ''
      : ` since ${timeText(since.at)}, by ${since.by} (${since.via}${since.forced ? ', forced' : ''})${since.reason === '' ? '' : `: ${since.reason}`}`;
  return [
    `in force     ${active}${how}`,
    ...(since?.previous == null ? [] : [`before       ${since.previous}`]),
    ...(candidate === null
      ? []
      : [`candidate    ${candidate.version} (${stageText(candidate.stage)})`]),
    ...(ignored.length === 0 ? [] : [`rolled back  ${ignored.slice(-5).join(' ')}`]),
    ...(refusedReloads === 0
      ? []
      : [`refused      ${refusedReloads} changed sets since the processes started: see their log`]),
  ];
}

function breakerLines({ breaker, heldOnly }: RulesStatus): readonly string[] {
  const { openings, orders } = breaker;
  const open = openings.map(
    ({ cause, reason, since, ruleset }) =>
      `breaker      open (${cause}) since ${timeText(since)}${ruleset === null ? '' : `, for ${ruleset}`}: ${reason}`,
  );
  const trusted = orders.flatMap(({ state, ruleset, by }) =>
    state === 'closed' && ruleset !== null
      ? [`             ${ruleset} is trusted by ${by}: it does not open for it`]
      : [],
  );
  const advice = heldOnly
    .filter(({ messages }) => messages > 0)
    .map(({ ruleset, previous, messages }) =>
      rollbackAdvice({ heldOnly: messages, ruleset, previous: previous ?? 'the rules before' }),
    );
  return [...(open.length === 0 ? ['breaker      closed'] : open), ...trusted, ...advice];
}

function processLines({ processes, inForce }: RulesStatus, at: Date): readonly string[] {
  if (processes.length === 0) return ['no gateway of this store is running'];
  const rows = processes.map((one) => [
    one.host,
    one.process,
    one.ruleset,
    one.ruleset === inForce.active ? 'yes' : 'NO',
    `${Math.max(0, (at.getTime() - Date.parse(one.seenAt)) / 1000).toFixed(0)} s ago`,
    one.openings.length === 0 ? 'closed' : 'open',
  ]);
  const headings = ['host', 'process', 'judges by', 'in force', 'seen', 'breaker'];
  const table = renderTable(
    headings.map((heading) => ({ heading })),
    rows,
  );
  return table.trimEnd().split('\n');
}

function budgetLines(status: RulesStatus): readonly string[] {
  const { budgets, heldLastHour } = status;
  const use = (name: string, { used, allowed, projected }: BudgetUse) =>
    `${name.padEnd(12)} ${used} of ${allowed.toFixed(1)} campaigns${projected === null ? '' : `, ${projected.toFixed(1)} by midnight UTC if it goes on like this`}`;
  const rows = budgets.aliases.map(({ alias, watched, tag, quarantine }) => [
    alias,
    String(watched),
    String(tag),
    String(quarantine),
  ]);
  const table = renderTable(
    [
      { heading: 'alias' },
      { heading: 'watched today', align: 'right' },
      { heading: 'tagged', align: 'right' },
      { heading: 'held', align: 'right' },
    ],
    rows,
  );
  return [
    `today        ${budgets.watched} watched messages, as far as the running processes counted`,
    use('tag', budgets.tag),
    use('quarantine', budgets.quarantine),
    `held         ${heldLastHour} in the last hour${capText(status)}`,
    ...(rows.length === 0 ? [] : ['', ...table.trimEnd().split('\n')]),
  ];
}

/** Every process counts for itself, but workers are counted by the process that leads them. */
function capText({ processes, maxHeldPerHour, maxHeldPerHourTogether }: RulesStatus): string {
  if (processes.length === 0) return '';
  if (maxHeldPerHour === null) return '; nothing bounds it (quarantine.maxHeldPerHour is null)';
  const counting = processes.filter((process) => process.maxHeldPerHour !== 0).length;
  if (counting === 1 && processes.length > 1)
    return `; quarantine.maxHeldPerHour lets all processes together hold ${maxHeldPerHour}`;
  const each = `; quarantine.maxHeldPerHour lets each process hold ${maxHeldPerHour}`;
  return processes.length === 1
    ? each
    : `${each}, so the ${counting} that run up to ${maxHeldPerHourTogether ?? 0} together`;
}

function timeText(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}
