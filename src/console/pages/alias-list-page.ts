import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import { toned } from './badges.ts';
import { dataTable } from './data-table.ts';
import { countText } from './figures.ts';
import { pageLinks } from './page-links.ts';
import { visible } from './visible-text.ts';

export type AliasRow = {
  readonly id: string;
  /** Empty for an alias without a pack. */
  readonly vendor: string;
  readonly addresses: readonly string[];
  readonly isWatched: boolean;
  readonly hasHistory: boolean;
};

export type AliasListView = {
  readonly aliases: readonly AliasRow[];
  /** False where the baseline store did not answer: nothing is known of history then. */
  readonly isStoreUp: boolean;
  /** Id of the last alias of the page before; hostile, and none where nothing has it. */
  readonly after: string;
};

const perPage = 500;

/** Every alias that is watched, or was and left a history; those with history first. */
export function aliasListPage({ aliases, isStoreUp, after }: AliasListView): Html {
  const withHistory = aliases.filter(({ hasHistory }) => hasHistory);
  const others = aliases.filter(({ hasHistory }) => !hasHistory);
  const listed = [...withHistory, ...others];
  const start = listed.findIndex(({ id }) => id === after) + 1;
  const shown = listed.slice(start, start + perPage);
  const last = start + perPage < listed.length ? shown.at(-1) : undefined;
  return html`${
    !isStoreUp &&
    html`<p class="notice refused" role="alert">
      The baseline store does not answer: histories cannot be shown, and nothing of them is lost.
    </p>`
  }
  ${aliasSection('With history', withHistory, shown, 'Nothing has been learned of any alias yet.')}
  ${aliasSection('Watched, nothing learned yet', others, shown, 'Every watched alias has a history.')}
  ${pageLinks({
    first: start === 0 ? null : paths.aliases(),
    next: last === undefined ? null : paths.aliases(last.id),
    words: { first: 'First', next: 'Next' },
  })}`;
}

/** Those of `shown` that belong to it; nothing where they are all on other pages. */
function aliasSection(
  title: string,
  aliases: readonly AliasRow[],
  shown: readonly AliasRow[],
  whenEmpty: string,
): Html {
  const here = new Set(shown);
  const rows = aliases.filter((alias) => here.has(alias));
  if (rows.length === 0 && aliases.length > 0) return html``;
  return html`<section>
    <h2>${title} <small>${countText(aliases.length)}</small></h2>
    ${aliasTable(rows, whenEmpty)}
  </section>`;
}

function aliasTable(aliases: readonly AliasRow[], whenEmpty: string): Html {
  return dataTable(
    'Aliases',
    [
      { heading: 'Alias', kind: 'name' },
      { heading: 'Vendor' },
      { heading: 'Addresses', kind: 'wide' },
      { heading: 'State' },
    ],
    aliases.map(({ id, vendor, addresses, isWatched }) => [
      html`<a href="${paths.alias(id)}">${visible(id, 80)}</a>`,
      visible(vendor, 80),
      visible(addresses.slice(0, 3).join(', '), 200),
      isWatched ? toned('good', 'watched') : toned('quiet', 'no longer watched'),
    ]),
    whenEmpty,
  );
}
