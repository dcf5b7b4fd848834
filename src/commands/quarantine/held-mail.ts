import { allHeld } from '../../quarantine/all-held.ts';
import type { HeldMail } from '../../quarantine/open-held-mail.ts';
import type { HeldSummary } from '../../quarantine/quarantine.ts';
import type { HeldFilter } from '../../review/review.ts';
import { exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { findHeld } from '../review/find-held.ts';
import { existingQuarantine } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { campaignTable, groupByCampaign } from './held-campaigns.ts';
import { heldTable, heldText } from './held-report.ts';

export type HeldFlags = SettingFlags & { readonly json?: boolean };
export type ListFlags = HeldFlags & {
  readonly byCampaign?: boolean;
  readonly state?: NonNullable<HeldFilter['state']>;
  readonly alias?: string;
  readonly campaign?: string;
  readonly onlyUnder?: string;
  readonly rcpt?: string;
  readonly text?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly limit?: number;
};

export async function listHeld(context: CommandContext, flags: ListFlags): Promise<void> {
  await using quarantine = await existingQuarantine(context, await settingsFor(context, flags));
  const [messages, unreadable] = await Promise.all([
    wanted(quarantine, flags),
    quarantine.unreadable(),
  ]);
  const campaigns = flags.byCampaign === true ? groupByCampaign(messages) : null;
  if (flags.json) printJson(context, { ...(campaigns ? { campaigns } : { messages }), unreadable });
  else if (messages.length === 0) context.stdout.write('nothing is held\n');
  else context.stdout.write(campaigns ? campaignTable(campaigns) : heldTable(messages));
  for (const { id, problem } of unreadable) context.stderr.write(`error: ${id}: ${problem}\n`);
  if (unreadable.length > 0) context.exit(exitCodes.failed);
}

/** Held and released mail; what is in the bin only where it is asked for. */
async function wanted(
  quarantine: Pick<HeldMail, 'list'>,
  { state, alias, campaign, onlyUnder, rcpt, text, since, until, limit = Infinity }: ListFlags,
): Promise<readonly HeldSummary[]> {
  const filter: HeldFilter = {
    state: state ?? 'any',
    ...(alias === undefined ? {} : { alias }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(onlyUnder === undefined ? {} : { onlyUnder }),
    ...(rcpt === undefined ? {} : recipientFilter(rcpt)),
    ...(text === undefined ? {} : { text }),
    ...(since === undefined ? {} : { since: since.toISOString() }),
    ...(until === undefined ? {} : { until: until.toISOString() }),
  };
  const messages: HeldSummary[] = [];
  for await (const held of allHeld(quarantine, filter)) {
    if (messages.length >= limit) break;
    if (state !== undefined || held.state !== 'deleted') messages.push(held);
  }
  return messages;
}

/** `@example.com` is everybody there. */
function recipientFilter(rcpt: string): Pick<HeldFilter, 'recipient' | 'recipientDomain'> {
  return rcpt.startsWith('@') ? { recipientDomain: rcpt.slice(1) } : { recipient: rcpt };
}

export async function showHeld(
  context: CommandContext,
  id: string,
  flags: HeldFlags,
): Promise<void> {
  await using quarantine = await existingQuarantine(context, await settingsFor(context, flags));
  const { lesson, ...held } = await findHeld(quarantine, id);
  if (flags.json) printJson(context, { ...held, learnsOnRelease: lesson !== null });
  else context.stdout.write(heldText(held));
}
