import type { Settings } from '../../config/settings.ts';
import { openNoticeDesk, type NoticeDesk } from '../../notices/notice-desk.ts';
import { reply } from '../../smtp/reply.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { rulesFor, settingsFor } from '../command-settings.ts';
import { openDesk, type Desk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';
import { findCampaign } from './campaigns.ts';
import { copiesOut } from './copies-out.ts';

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
  const { summary, members } = await findCampaign(desk, id);
  const delivered = await copiesOut(members, desk.quarantine);
  const messages = delivered.length;
  if (messages === 0)
    throw new CommandFailure(
      `nobody has a copy of campaign ${printable(id)}: there is no one to tell`,
    );
  const reached =
    whom === 'admins' ? settings.noticeTo : delivered.flatMap((copy) => copy.recipients);
  const people = new Set(reached).size;
  await using notices = await noticesOf(settings, desk);
  await desk.audit.append({
    act: 'campaign-notified',
    actor: desk.by,
    subject: id,
    reason: '',
    facts: { to: whom, people, messages },
    personal: {},
  });
  const told = notices.tellOfAttack(id, delivered, whom).size;
  if (!summary.confirmed)
    context.stderr.write(
      `warning: nobody has confirmed that it is an attack: \`aliaswatch quarantine confirm --campaign ${printable(id)}\` keeps it from being learned\n`,
    );
  if (json) printJson(context, { campaign: id, to: whom, people, told, messages });
  else context.stdout.write(sentence({ told, people, messages }, settings));
}

async function noticesOf(settings: Settings, { quarantine }: Desk): Promise<NoticeDesk> {
  const { notices: languages } = await rulesFor(settings);
  return openNoticeDesk({
    settings,
    languages,
    quarantine,
    expiryAction: settings.quarantineExpiry,
    // Nothing is sent from here.
    deliver: () => Promise.resolve(reply(451, '4.3.0', 'not now')),
    onOutcome: () => undefined,
    now: () => new Date(),
  });
}

type Told = { readonly told: number; readonly people: number; readonly messages: number };

function sentence({ told, people, messages }: Told, { stateDir }: Settings): string {
  const of = `${messages} delivered ${messages === 1 ? 'message' : 'messages'}`;
  if (told === 0) return `nobody is told again: all of ${of} was told before\n`;
  const before = told < people ? `; ${people - told} knew it before` : '';
  return `${told} ${told === 1 ? 'person is' : 'people are'} told of ${of} within minutes, where a gateway runs on ${stateDir}${before}\n`;
}
