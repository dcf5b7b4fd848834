import type { AbuseTotals, AbuseView } from '../abuse-figures.ts';
import type { Figures } from '../figures.ts';
import { wilsonInterval } from '../interval.ts';
import type { Share } from '../share.ts';
import { escapeHtml } from '../../escape-html.ts';

type Cell = string | number;

/** A table; cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const row = (tag: string, cells: readonly Cell[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${row('th', head)}</thead><tbody>${rows.map((cells) => row('td', cells)).join('')}</tbody></table></div>`;
}

export function honestTable({ streams, coldHonest }: Figures): string {
  const row = (name: string, { n, tagged, quarantined }: Share) => [
    name,
    n.toLocaleString('en-US'),
    tagged,
    perThousand(tagged, n),
    quarantined,
    perThousand(quarantined, n),
  ];
  return table(
    ['honest mail', 'scored', 'tagged', 'per 1,000 (95 %)', 'held', 'per 1,000 (95 %)'],
    [
      row('in arrival order, after warm-up', { ...streams, n: streams.scored }),
      row('every message as the first of its alias', coldHonest),
      ...streams.perAlias
        .filter(({ tagged }) => tagged > 0)
        .map((alias) => row(alias.alias, { ...alias, n: alias.scored })),
    ],
  );
}

export function injectionTable({ injection }: Figures): string {
  return table(
    [
      'kind',
      'what',
      'n',
      'tagged',
      'held',
      'n ≥ 100',
      'n ≥ 200',
      'closed',
      'rigid',
      'mixed',
      'free text',
    ],
    injection.byKind.map(({ kind, title, ...share }) => [
      kind,
      title,
      share.n,
      withInterval(share.tagged, share.n),
      withInterval(share.quarantined, share.n),
      ...[share.at100, share.at200, share.closed, share.rigid, share.mixed, share.freeText].map(
        ({ n, tagged, quarantined }) =>
          n === 0 ? '–' : `${percent(tagged, n)} / ${percent(quarantined, n)}`,
      ),
    ]),
  );
}

export function abuseTable({ abuse }: Figures): string {
  const rows = (view: AbuseView, name: string) =>
    [{ class: 'all', ...totalsOf(view) }, ...view.byClass].map((totals) => [
      name,
      totals.class,
      `${totals.campaignsTagged} of ${totals.campaigns}`,
      interval(totals.campaignInterval),
      `${totals.tagged} of ${totals.messages}`,
      interval(totals.messageInterval),
    ]);
  return table(
    [
      'seen',
      'class',
      'campaigns tagged',
      'Wilson 95 %',
      'messages tagged',
      'bootstrap by campaign 95 %',
    ],
    [...rows(abuse.cold, 'cold, no pack'), ...rows(abuse.withPack, 'with pack')],
  );
}

function totalsOf(view: AbuseView): AbuseTotals {
  return view;
}

export function comparisonTable({ comparison }: Figures): string {
  const kinds = comparison[0]?.byKind.map(({ kind }) => kind) ?? [];
  return table(
    ['rule', 'honest tagged', 'abuse campaigns', ...kinds],
    comparison.map(({ title, honest, abuseCampaigns, byKind }) => [
      title,
      `${honest.tagged} of ${honest.n}`,
      `${abuseCampaigns.tagged} of ${abuseCampaigns.n}`,
      ...byKind.map(({ n, tagged }) => percent(tagged, n)),
    ]),
  );
}

export function ablationTable({ ablations }: Figures): string {
  const kinds = ablations[0]?.byKind.map(({ kind }) => kind) ?? [];
  return table(
    ['taken out', 'honest tagged', ...kinds],
    ablations.map(({ title, honest, byKind }) => [
      title,
      `${honest.tagged} of ${honest.n}`,
      ...byKind.map(({ n, tagged }) => percent(tagged, n)),
    ]),
  );
}

export function scenarioTables({ scenarios }: Figures): string {
  if (scenarios === null) return '';
  const played = scenarios.rows.filter(({ n }) => n > 0);
  return [
    table(
      ['scenario', '', 'messages', 'tagged', 'per 1,000 (95 %)', 'held', 'aliases with a tag'],
      played.map(({ title, isAttack, n, tagged, quarantined, aliases, aliasesFlagged }) => [
        title,
        isAttack ? 'attack' : 'honest',
        n,
        tagged,
        perThousand(tagged, n),
        quarantined,
        `${aliasesFlagged} of ${aliases}`,
      ]),
    ),
    table(
      [
        '40 days of poison',
        'kind',
        'sent',
        'flagged',
        'recall without',
        'recall after',
        'points lost',
      ],
      scenarios.poisoning
        .filter(({ before }) => before.n > 0)
        .map(({ title, kind, sent, before, after, pointsLost }) => [
          title,
          kind,
          sent.n,
          sent.tagged,
          percent(before.tagged, before.n),
          percent(after.tagged, after.n),
          pointsLost.toFixed(0),
        ]),
    ),
  ].join('');
}

function percent(events: number, trials: number): string {
  return trials === 0 ? '–' : `${Math.round((100 * events) / trials)} %`;
}

function withInterval(events: number, trials: number): string {
  return `${percent(events, trials)} (${interval(wilsonInterval(events, trials))})`;
}

function interval([low, high]: readonly [number, number]): string {
  return `${Math.round(100 * low)}–${Math.round(100 * high)} %`;
}

function perThousand(events: number, trials: number): string {
  const [low, high] = wilsonInterval(events, trials);
  const rate = trials === 0 ? 0 : (1000 * events) / trials;
  return `${rate.toFixed(2)} (${(1000 * low).toFixed(2)}–${(1000 * high).toFixed(2)})`;
}
