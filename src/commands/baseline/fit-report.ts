import type { BetaComponent } from '../../score/beta-mixture.ts';
import type { CauseTable } from '../../score/causes.ts';
import { leastAliases } from '../../score/fit-prior.ts';
import type { SignalFit } from '../../score/fit-priors.ts';
import { renderTable } from '../text-table.ts';

/** One prior in force beside the one the aliases of the store speak for. */
export type FitRow = {
  readonly signal: string;
  /** Aliases that were asked after their start-up, their messages (at most 300 each), and events among these. */
  readonly aliases: number;
  readonly messages: number;
  readonly events: number;
  readonly prior: readonly BetaComponent[];
  /** Null for fewer than 8 aliases. */
  readonly fitted: readonly BetaComponent[] | null;
  readonly cold: number;
  readonly fittedCold: number | null;
  /** Aliases whose first messages were counted. */
  readonly coldAliases: number;
};

export function rowsOf(
  priors: CauseTable['signals'],
  fits: readonly SignalFit[],
): readonly FitRow[] {
  return fits.map(({ signal, fitted, cold }) => ({
    signal,
    aliases: fitted?.aliases ?? 0,
    messages: fitted?.trials ?? 0,
    events: fitted?.events ?? 0,
    prior: priors[signal].components.map(({ weight, a, b }) => ({ weight, a, b })),
    fitted: fitted?.components ?? null,
    cold: priors[signal].cold,
    fittedCold: cold?.share ?? null,
    coldAliases: cold?.aliases ?? 0,
  }));
}

export function fitText(
  rows: readonly FitRow[],
  { store, aliases }: { readonly store: string; readonly aliases: number },
): string {
  const head = `${aliases} aliases in ${store}\n\n`;
  const table = renderTable(
    [
      { heading: 'signal' },
      { heading: 'aliases', align: 'right' },
      { heading: 'messages', align: 'right' },
      { heading: 'events', align: 'right' },
      { heading: 'prior in force' },
      { heading: 'fitted' },
      { heading: 'cold', align: 'right' },
      { heading: 'fitted', align: 'right' },
      { heading: 'of', align: 'right' },
    ],
    rows.map((row) => [
      row.signal,
      String(row.aliases),
      String(row.messages),
      String(row.events),
      priorText(row.prior),
      row.fitted === null ? '-' : priorText(row.fitted),
      String(row.cold),
      row.fittedCold === null ? '-' : row.fittedCold.toFixed(3),
      String(row.coldAliases),
    ]),
  );
  return `${head}${table}\na prior is a / b, or share: a / b for each kind of alias; it is fitted to at least ${leastAliases} aliases and 300 messages of each at most\n`;
}

function priorText(components: readonly BetaComponent[]): string {
  return components
    .map(({ weight, a, b }) =>
      components.length === 1 ? `${a} / ${b}` : `${round(weight)}: ${a} / ${b}`,
    )
    .join('  ');
}

function round(weight: number): string {
  return String(Math.round(weight * 100) / 100);
}
