import { openNoticeDesk } from '../../notices/notice-desk.ts';
import { reply } from '../../smtp/reply.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { rulesFor, settingsFor } from '../command-settings.ts';
import { openDesk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';
import { isOut } from './campaigns.ts';

export type NotifyFlags = SettingFlags & {
  readonly to?: 'recipients' | 'admins';
  readonly json?: boolean;
};

/** Those who have a copy, or the administrators, are told that it was an attack; a running gateway sends it. */
export async function notifyCampaign(
  context: CommandContext,
  id: string,
  { to: whom, json = false, ...flags }: NotifyFlags,
): Promise<void> {
  if (whom === undefined)
    throw new CommandFailure('say who is told: --to recipients or --to admins', {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  if (whom === 'admins' && settings.noticeTo.length === 0)
    throw new CommandFailure('no administrator is named: give --notice-to', {
      exitCode: exitCodes.usage,
    });
  await using desk = await openDesk(context, settings);
  const found = await desk.review.campaign(id);
  if (found === null)
    throw new CommandFailure(
      `nobody remembers campaign ${printable(id)}: \`aliaswatch campaign list\` shows the ids`,
    );
  const delivered = found.members.filter(isOut);
  if (delivered.length === 0)
    throw new CommandFailure(`nobody has a copy of campaign ${printable(id)}`);
  const { notices: languages } = await rulesFor(settings);
  await using notices = await openNoticeDesk({
    settings,
    languages,
    quarantine: desk.quarantine,
    expiryAction: settings.quarantineExpiry,
    // Nothing is sent from here.
    deliver: () => Promise.resolve(reply(451, '4.3.0', 'not now')),
    onOutcome: () => undefined,
    now: () => new Date(),
  });
  const recipients = new Set(delivered.flatMap((member) => member.recipients));
  const people = whom === 'admins' ? settings.noticeTo.length : recipients.size;
  await desk.audit.append({
    act: 'campaign-notified',
    actor: desk.by,
    subject: id,
    reason: '',
    facts: { to: whom, people, messages: delivered.length },
    personal: {},
  });
  notices.tellOfAttack(id, delivered, whom);
  if (json) printJson(context, { campaign: id, to: whom, people, messages: delivered.length });
  else
    context.stdout.write(
      `${people} ${people === 1 ? 'person is' : 'people are'} told of ${delivered.length} delivered messages within minutes, where a gateway runs on ${settings.stateDir}\n`,
    );
}
