import { trafficChart, trafficLanes } from '../charts/traffic-chart.ts';
import { html, type Html } from '../html.ts';
import { paths } from '../paths.ts';
import type { ConsoleStatus } from '../sources.ts';
import type { HeldSummary } from '../../quarantine/quarantine.ts';
import type { CampaignSummary } from '../../review/review.ts';
import { badge, toned } from './badges.ts';
import { campaignTable } from './campaign-list-page.ts';
import { dataTable } from './data-table.ts';
import { bitsText, countText, percentText } from './figures.ts';
import { ageText, moment } from './moments.ts';
import { visible } from './visible-text.ts';

export type OverviewView = {
  readonly status: ConsoleStatus;
  /** Null where the quarantine did not answer. */
  readonly held: { readonly total: number; readonly newest: readonly HeldSummary[] } | null;
  /** Null where nobody remembers any, or the store is down. */
  readonly campaigns: readonly CampaignSummary[] | null;
  readonly now: Date;
};

/** What is going on, and what waits for somebody. */
export function overviewPage(view: OverviewView): Html {
  return html`${tiles(view)}
    <section>
      <h2>Traffic <small>this process, per hour, UTC</small></h2>
      <div class="scroll newest" role="region" aria-label="Traffic" tabindex="0">
        ${trafficChart(view.status.traffic, view.now)}
      </div>
      ${trafficLegend(view.status.traffic)}
    </section>
    <section>
      <h2>Newest in quarantine</h2>
      ${newest(view)}
    </section>
    <section>
      <h2>Recent campaigns</h2>
      ${
        view.campaigns === null
          ? unavailable('Campaigns')
          : campaignTable(view.campaigns, 'No campaign within 14 days.')
      }
    </section>`;
}

function unavailable(what: string): Html {
  return html`<p class="empty">
    ${what} cannot be shown: the store does not answer. Mail goes on, and nothing held is lost.
  </p>`;
}

function tiles({ status, held, now }: OverviewView): Html {
  const { readiness, breaker, budgets } = status;
  return html`<ul class="tiles">
    ${tile(
      'Held now',
      held === null ? '?' : html`<a href="${paths.quarantine()}">${countText(held.total)}</a>`,
      held === null
        ? 'the quarantine does not answer'
        : held.total === 0
          ? 'nothing waits for you'
          : 'wait for a decision',
    )}
    ${tile(
      'Health',
      toned(readiness.status === 'ready' ? 'good' : 'alarm', readiness.status),
      `next hop ${readiness.nextHop}, store ${readiness.store}`,
    )}
    ${tile(
      'Breaker',
      toned(breaker === null ? 'good' : 'alarm', breaker === null ? 'closed' : 'open'),
      breaker === null
        ? 'mail is judged as usual'
        : html`${visible(breaker.reason, 200)}; since ${moment(breaker.openedAt)}`,
    )}
    ${budgetTile('Tag budget', budgets.tag)} ${budgetTile('Hold budget', budgets.quarantine)}
    ${tile(
      'Mode',
      status.mode,
      html`<a href="/rules">rules ${status.ruleset}</a>, started ${ageText(status.startedAt, now)},
        version ${status.version}`,
    )}
  </ul>`;
}

function tile(name: string, figure: Html | string, words: Html | string): Html {
  return html`<li class="tile">
    <h2>${name}</h2>
    <p class="figure">${figure}</p>
    <p class="words">${words}</p>
  </li>`;
}

/** A share of what the budget allows today; more than all of it fills the bar. */
function budgetTile(name: string, used: number | null): Html {
  if (used === null) return tile(name, '–', 'no scored message yet');
  const width = Math.min(100, Math.round(used * 100));
  const meter = html`<svg
    class="meter"
    viewBox="0 0 100 6"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="whole" width="100" height="6" />
    <rect class="${used > 1 ? 'over' : 'used'}" width="${width}" height="6" />
  </svg>`;
  return tile(name, percentText(used), html`${meter} used today, by this process`);
}

function trafficLegend(traffic: ConsoleStatus['traffic']): Html {
  const totals = new Map<string, number>();
  for (const { verdicts } of traffic)
    for (const [verdict, count] of Object.entries(verdicts))
      totals.set(verdict, (totals.get(verdict) ?? 0) + count);
  return html`<ul class="legend">
    ${trafficLanes.flatMap(({ verdicts }) =>
      verdicts.map(
        (verdict) =>
          html`<li>
            <svg class="key" viewBox="0 0 10 10" aria-hidden="true">
              <rect class="verdict-${verdict}" width="10" height="10" rx="2" />
            </svg>
            ${verdict} <b>${countText(totals.get(verdict) ?? 0)}</b>
          </li>`,
      ),
    )}
  </ul>`;
}

function newest({ held, now }: OverviewView): Html {
  if (held === null) return unavailable('The quarantine');
  return dataTable(
    'Newest held messages',
    [
      { heading: 'Subject', kind: 'wide' },
      { heading: 'Alias', kind: 'name' },
      { heading: 'Verdict' },
      { heading: 'Bits', kind: 'number' },
      { heading: 'Held', kind: 'nowrap' },
    ],
    held.newest.map((message) => [
      html`<a href="${paths.message(message.id)}"
        >${message.subject === '' ? '(no subject)' : visible(message.subject, 120)}</a
      >`,
      html`<a href="${paths.alias(message.alias)}">${visible(message.alias, 60)}</a>`,
      badge(message.verdict),
      bitsText(message.scoreBits),
      ageText(message.heldAt, now),
    ]),
    'Nothing is held.',
  );
}
