import type { HeldSummary } from '../../quarantine/quarantine.ts';
import { renderTable } from '../text-table.ts';
import { isReleased } from './held-report.ts';

const subjectWidth = 60;

/** Held mail of one campaign; that of none stands alone under an empty id. */
export type HeldCampaign = {
  readonly campaign: string;
  readonly aliases: readonly string[];
  /** Held messages, and those of them that all recipients have by now. */
  readonly messages: number;
  readonly released: number;
  /** When the first and the last of them was held, ISO 8601. */
  readonly since: string;
  readonly until: string;
  /** Newest first. */
  readonly ids: readonly string[];
  /** Of the newest. */
  readonly subject: string;
};

/** Groups held mail, given newest first, by campaign; the largest campaign first. */
export function groupByCampaign(messages: readonly HeldSummary[]): readonly HeldCampaign[] {
  const groups = Map.groupBy(messages, ({ campaign, id }) => (campaign === '' ? id : campaign));
  return [...groups.values()]
    .map((held): HeldCampaign => ({
      campaign: held[0]?.campaign ?? '',
      aliases: [...new Set(held.map(({ alias }) => alias))],
      messages: held.length,
      released: held.filter(isReleased).length,
      since: held.at(-1)?.heldAt ?? '',
      until: held[0]?.heldAt ?? '',
      ids: held.map(({ id }) => id),
      subject: held[0]?.subject ?? '',
    }))
    .sort((left, right) => right.messages - left.messages);
}

export function campaignTable(campaigns: readonly HeldCampaign[]): string {
  const rows = campaigns.map((group) => [
    group.campaign || '-',
    String(group.messages),
    String(group.released),
    group.since.slice(0, 19),
    group.until.slice(0, 19),
    group.aliases.join(' '),
    group.ids[0] ?? '',
    group.subject.slice(0, subjectWidth),
  ]);
  return renderTable(
    [
      { heading: 'campaign' },
      { heading: 'held', align: 'right' },
      { heading: 'released', align: 'right' },
      { heading: 'first (UTC)' },
      { heading: 'last (UTC)' },
      { heading: 'alias' },
      { heading: 'newest' },
      { heading: 'subject' },
    ],
    rows,
  );
}
