import type { Analysis } from '../../analysis.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { authenticationWords } from '../../observability/transaction-line.ts';
import type { Score } from '../../score/score.ts';
import { printable, renderTable } from '../text-table.ts';

/** The contract of `check --json`. Mail that was not scored has no evidence: 0 bits, chance 1, no cause. */
export function checkJson(
  { alias, decision, score, mature, authentication }: Analysis,
  ruleset: string,
): object {
  const { verdict, action, effectiveAction, reason } = decision;
  return {
    alias,
    verdict,
    action,
    effectiveAction,
    scoreBits: score?.bits ?? 0,
    pValue: score?.pValue ?? 1,
    cause: score?.cause.id ?? null,
    benignCause: score?.benignCause.id ?? null,
    n: score?.messages ?? 0,
    mature,
    reason,
    conditions: decision.conditions,
    evidence: score?.terms ?? [],
    authentication: authenticationWords(authentication),
    ruleset,
  };
}

/** The same for people: the verdict first, then the terms, which add up to the score. */
export function checkText(
  analysis: Analysis,
  { rules, hasStore }: { readonly rules: ActiveRules; readonly hasStore: boolean },
): string {
  const { decision, score, policy } = analysis;
  const { verdict, action, effectiveAction } = decision;
  const { mode } = policy;
  const inMode = effectiveAction === action ? '' : ` (mode ${mode}: ${effectiveAction})`;
  return [
    `${verdict}: ${action}${inMode}\n\n`,
    ...facts(analysis, { rules, hasStore }).map(
      ([name, text]) => `${name.padEnd(15)} ${printable(text)}\n`,
    ),
    ...(score ? ['\n', termTable(score)] : []),
  ].join('');
}

function facts(
  { alias, score, decision, mature, authentication }: Analysis,
  { rules, hasStore }: { readonly rules: ActiveRules; readonly hasStore: boolean },
): readonly (readonly [name: string, text: string])[] {
  const words = Object.entries(authenticationWords(authentication)).map(
    ([method, word]) => `${method} ${word}`,
  );
  return [
    ['alias', alias ?? 'none: nobody watches this From address (--watch-all watches it)'],
    ...(score
      ? ([
          ['history', historyText(score, { mature, hasStore })],
          ['p-value', score.pValue.toPrecision(2)],
        ] as const)
      : []),
    ...(score && score.bits > 0
      ? ([['cause', `${score.cause.title}, over ${score.benignCause.title}`]] as const)
      : []),
    ...(decision.reason !== '' && !score ? ([['reason', decision.reason]] as const) : []),
    ...(decision.conditions.length > 0
      ? ([['conditions', decision.conditions.join(', ')]] as const)
      : []),
    ['authentication', words.join(', ')],
    ['ruleset', rules.version],
  ];
}

function historyText(
  { messages, days, since }: Score,
  { mature, hasStore }: { readonly mature: boolean; readonly hasStore: boolean },
): string {
  if (!hasStore) return 'none: without --store only packs and lists count';
  if (since === null) return 'none in this store';
  return `${messages} messages on ${days} days since ${since}${mature ? '' : ', not mature'}`;
}

/** In tenths of a bit; the last term takes what rounding leaves, so that the column adds up. */
function termTable({ bits, terms }: Score): string {
  const total = Math.round(bits * 10);
  const shown = terms.slice(0, -1).map((term) => ({ ...term, tenths: Math.round(term.bits * 10) }));
  const rest = terms.slice(-1).map((term) => ({
    ...term,
    tenths: total - shown.reduce((sum, { tenths }) => sum + tenths, 0),
  }));
  const rows = [...shown, ...rest].map(({ tenths, observed, baseline }) => [
    signed(tenths),
    observed,
    baseline,
  ]);
  return renderTable(
    [{ heading: 'bits', align: 'right' }, { heading: 'observed' }, { heading: 'baseline' }],
    [...rows, [`= ${(total / 10).toFixed(1)}`, 'score', '']],
  );
}

function signed(tenths: number): string {
  return `${tenths < 0 ? '-' : '+'}${(Math.abs(tenths) / 10).toFixed(1)}`;
}
