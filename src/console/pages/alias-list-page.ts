import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import { toned } from './badges.ts';
import { dataTable } from './data-table.ts';
import { countText } from './figures.ts';
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
};

/** Every alias that is watched, or was and left a history; those with history first. */
export function aliasListPage({ aliases, isStoreUp }: AliasListView): Html {
  const withHistory = aliases.filter(({ hasHistory }) => hasHistory);
  const others = aliases.filter(({ hasHistory }) => !hasHistory);
  return html`${
      !isStoreUp &&
      html`<p class="notice refused" role="alert">
        The baseline store does not answer: histories cannot be shown, and nothing of them is lost.
      </p>`
    }
    <section>
      <h2>With history <small>${countText(withHistory.length)}</small></h2>
      ${aliasTable(withHistory, 'Nothing has been learned of any alias yet.')}
    </section>
    <section>
      <h2>Watched, nothing learned yet <small>${countText(others.length)}</small></h2>
      ${aliasTable(others, 'Every watched alias has a history.')}
    </section>`;
}

const shownAliases = 1000;

function aliasTable(aliases: readonly AliasRow[], whenEmpty: string): Html {
  return dataTable(
    'Aliases',
    [
      { heading: 'Alias', kind: 'name' },
      { heading: 'Vendor' },
      { heading: 'Addresses', kind: 'wide' },
      { heading: 'State' },
    ],
    aliases
      .slice(0, shownAliases)
      .map(({ id, vendor, addresses, isWatched }) => [
        html`<a href="${paths.alias(id)}">${visible(id, 80)}</a>`,
        visible(vendor, 80),
        visible(addresses.slice(0, 3).join(', '), 200),
        isWatched ? toned('good', 'watched') : toned('quiet', 'no longer watched'),
      ]),
    whenEmpty,
  );
}
