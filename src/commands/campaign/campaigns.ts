import { copiesOut, nameless } from '../../review/copies-out.ts';
import type { CampaignMember, CampaignSummary } from '../../review/review.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { openDesk, type Desk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable, renderTable } from '../text-table.ts';
import { csvOf } from './member-csv.ts';
import { queueIdIn } from '../../smtp/queue-id.ts';

export type CampaignFlags = SettingFlags & { readonly json?: boolean; readonly limit?: number };
export type ExportFlags = CampaignFlags & { readonly format?: 'csv' | 'json' };

const usualLimit = 50;

export async function listCampaigns(
  context: CommandContext,
  { limit = usualLimit, json = false, ...flags }: CampaignFlags,
): Promise<void> {
  await using desk = await openDesk(context, await settingsFor(context, flags));
  const campaigns = await desk.review.campaigns({ limit });
  if (json) printJson(context, { campaigns });
  else if (campaigns.length === 0) context.stdout.write('no campaign is remembered\n');
  else context.stdout.write(campaignsTable(campaigns));
}

export async function showCampaign(
  context: CommandContext,
  id: string,
  { json = false, ...flags }: CampaignFlags,
): Promise<void> {
  await using desk = await openDesk(context, await settingsFor(context, flags));
  const { summary, members } = await findCampaign(desk, id);
  if (json) printJson(context, { ...summary, members });
  else context.stdout.write(`${summaryText(summary)}\n${membersTable(members)}`);
}

/** The list by which copies are removed from mailboxes: who has what. */
export async function exportCampaign(
  context: CommandContext,
  id: string,
  { format = 'csv', json = false, ...flags }: ExportFlags,
): Promise<void> {
  await using desk = await openDesk(context, await settingsFor(context, flags));
  const { summary, members } = await findCampaign(desk, id);
  const delivered = await copiesOut({ id: summary.id, members }, desk.quarantine);
  if (json || format === 'json') printJson(context, { campaign: summary.id, messages: delivered });
  else context.stdout.write(csvOf(delivered));
  const missing = nameless(delivered);
  if (missing > 0)
    context.stderr.write(
      `warning: ${missing} more recipients have a copy: their addresses are not remembered\n`,
    );
}

/** @throws CommandFailure where nobody remembers it. */
async function findCampaign({ review }: Pick<Desk, 'review'>, id: string) {
  const found = await review.campaign(id);
  if (found === null)
    throw new CommandFailure(
      `nobody remembers campaign ${printable(id)}: \`aliaswatch campaign list\` shows the ids`,
    );
  return found;
}

function campaignsTable(campaigns: readonly CampaignSummary[]): string {
  return renderTable(
    [
      { heading: 'campaign' },
      { heading: 'messages', align: 'right' },
      { heading: 'held', align: 'right' },
      { heading: 'attack' },
      { heading: 'first (UTC)' },
      { heading: 'last (UTC)' },
      { heading: 'alias' },
      { heading: 'shares' },
    ],
    campaigns.map((campaign) => [
      campaign.id,
      String(campaign.members),
      String(campaign.held),
      campaign.confirmed ? 'yes' : '-',
      campaign.firstSeen.slice(0, 19),
      campaign.lastSeen.slice(0, 19),
      campaign.aliases.join(' '),
      campaign.about,
    ]),
  );
}

function summaryText(campaign: CampaignSummary): string {
  const facts = [
    ['shares', campaign.about],
    ['alias', campaign.aliases.join(' ')],
    ['first seen', campaign.firstSeen],
    ['last seen', campaign.lastSeen],
    ['messages', `${campaign.members}, ${campaign.held} of them held`],
    ['attack', campaign.confirmed ? 'confirmed' : 'nobody said so'],
  ];
  return `${campaign.id}\n${facts.map(([name = '', text = '']) => `  ${name.padEnd(12)} ${printable(text)}\n`).join('')}`;
}

function membersTable(members: readonly CampaignMember[]): string {
  return renderTable(
    [
      { heading: 'id' },
      { heading: 'at (UTC)' },
      { heading: 'state' },
      { heading: 'bits', align: 'right' },
      { heading: 'queue id' },
      { heading: 'message id' },
      { heading: 'recipients' },
    ],
    members.map((member) => [
      member.id,
      member.at.slice(0, 19),
      member.state,
      member.scoreBits.toFixed(1),
      queueIdIn(member.reply),
      member.messageId,
      recipientsOf(member),
    ]),
  );
}

function recipientsOf({ recipients, moreRecipients = 0 }: CampaignMember): string {
  return [...recipients, ...(moreRecipients > 0 ? [`+${moreRecipients}`] : [])].join(' ');
}
