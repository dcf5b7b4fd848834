import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { CampaignSummary } from '../../review/review.ts';
import { toned } from './badges.ts';
import { dataTable } from './data-table.ts';
import { countText } from './figures.ts';
import { moment } from './moments.ts';
import { pageLinks } from './page-links.ts';
import { visible } from './visible-text.ts';

export type CampaignListView = {
  readonly campaigns: readonly CampaignSummary[];
  readonly isFirstPage: boolean;
  /** Id for the page after this one, or null. */
  readonly next: string | null;
};

export function campaignListPage({ campaigns, isFirstPage, next }: CampaignListView): Html {
  return html`<p class="lead">
      Copies of one attack are one campaign: they share a telephone number, an address, a domain or
      their wording. Campaigns are remembered for 14 days.
    </p>
    ${campaignTable(campaigns, 'No campaign within 14 days.')}
    ${pageLinks({
      first: isFirstPage ? null : paths.campaigns(),
      next: next === null ? null : paths.campaigns(next),
    })}`;
}

export function campaignTable(campaigns: readonly CampaignSummary[], whenEmpty: string): Html {
  return dataTable(
    'Campaigns',
    [
      { heading: 'What its messages share', kind: 'wide' },
      { heading: 'Aliases', kind: 'name' },
      { heading: 'Messages', kind: 'number' },
      { heading: 'Held', kind: 'number' },
      { heading: 'First seen', kind: 'nowrap' },
      { heading: 'Last seen', kind: 'nowrap' },
      { heading: 'State' },
    ],
    campaigns.map(({ id, about, aliases, members, held, firstSeen, lastSeen, confirmed }) => [
      html`<a href="${paths.campaign(id)}">${about === '' ? id : visible(about, 160)}</a>`,
      aliasLinks(aliases),
      countText(members),
      countText(held),
      moment(firstSeen),
      moment(lastSeen),
      confirmed ? toned('alarm', 'confirmed attack') : toned('quiet', 'unconfirmed'),
    ]),
    whenEmpty,
  );
}

const shownAliases = 3;

function aliasLinks(aliases: readonly string[]): Html {
  const more = aliases.length - shownAliases;
  return html`${aliases
    .slice(0, shownAliases)
    .map(
      (alias, index) =>
        html`${index > 0 && ', '}<a href="${paths.alias(alias)}">${visible(alias, 60)}</a>`,
    )}${more > 0 && ` and ${more} more`}`;
}
