import type { BacktestChange, BacktestResult } from './backtest.ts';
import { changeKinds, type ChangeKind } from './change.ts';
import type { GateVerdict } from './gate.ts';

/** What a backtest says, as rows of words: for a terminal and for a page. */
export type ReportTable = {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export const kindTitles: Readonly<Record<ChangeKind, string>> = {
  'newly-held': 'newly held',
  'newly-tagged': 'newly tagged',
  'no-longer-held': 'no longer held',
  'no-longer-tagged': 'no longer tagged',
};

export function totalsTable({ totals, scored }: BacktestResult): ReportTable {
  return {
    headings: ['', 'kept', 'share', 'at most', 'of all scored mail'],
    rows: changeKinds.map((kind) => {
      const { kept, messages, atMost } = totals[kind];
      return [kindTitles[kind], String(kept), ...shares({ messages, atMost }, scored)];
    }),
  };
}

export function changesTable({ changes, aliases }: BacktestResult): ReportTable {
  const scored = new Map(aliases.map((sample) => [sample.alias, sample.scored]));
  return {
    headings: ['change', 'alias', 'cause', 'kept', 'share', 'at most', 'of its mail', 'examples'],
    rows: changes.map((change) => [
      `${kindTitles[change.kind]}${change.takesEffect ? '' : ' (by enforce)'}`,
      change.alias,
      change.cause,
      String(change.passed + change.held),
      ...shares(change.estimate, scored.get(change.alias) ?? 0),
      examplesText(change),
    ]),
  };
}

/** Of what is held the id is that of the held message. */
function examplesText({ examples }: BacktestChange): string {
  return examples
    .slice(0, 2)
    .map(
      ({ id, isHeld, before, after }) =>
        `${id}${isHeld ? ' (held)' : ''} ${before.bits} → ${after.bits} bits`,
    )
    .join('; ');
}

function shares(
  { messages, atMost }: { readonly messages: number; readonly atMost: number },
  scored: number,
): readonly string[] {
  const share = (part: number) => percent(scored === 0 ? 0 : part / scored);
  return [share(messages), share(atMost), `about ${Math.round(messages)} of ${scored}`];
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** What the tables rest on, and what they do not say. */
export function notesOf(result: BacktestResult, gate: GateVerdict): readonly string[] {
  const { kept, scored, aliases, inForce, candidate } = result;
  const drawn =
    kept === 0
      ? `No kept message to hold ${candidate} and ${inForce} against: \`serve\` keeps scored mail as it comes, and --since and --alias narrow it down.`
      : `${candidate} instead of ${inForce}: ${kept} kept messages of ${aliases.length} aliases, drawn from ${scored} scored ones; "at most" is the 95 % upper bound.`;
  return [
    drawn,
    ...result.notBacktestable.map(
      ({ what, messages, unscored }) =>
        `Not backtestable: ${what}${unscored === undefined ? ` (${messages} kept messages)` : ''}.`,
    ),
    gate.reasons.length === 0
      ? 'The gate of the rules in force would let it pass.'
      : `The gate of the rules in force would ${gate.passes ? 'let it pass' : 'refuse it'}: ${gate.reasons.join('; ')}.`,
  ];
}
