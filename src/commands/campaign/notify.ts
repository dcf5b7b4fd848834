import type { Notifying, Whom } from '../../review/review.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { reportAct } from '../review/act-report.ts';
import { openDesk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';

export type NotifyFlags = SettingFlags & {
  readonly to?: Whom;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

/** Those who have a copy, or the administrators, are told that it was an attack; a running gateway sends it. */
export async function notifyCampaign(
  context: CommandContext,
  id: string,
  { to: whom, reason = '', dryRun = false, json = false, ...flags }: NotifyFlags,
): Promise<void> {
  if (whom === undefined)
    throw new CommandFailure('say who is told: --to recipients or --to admins', {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  await using desk = await openDesk(context, settings);
  if (dryRun) {
    const notifying = await desk.review.notifying(id, whom);
    if (json) printJson(context, { campaign: id, ...notifying });
    else context.stdout.write(previewText(notifying));
    return;
  }
  const act = await desk.review.notify(id, desk.by, { to: whom, reason });
  reportAct(context, act, json);
  if (act.effects.some(({ told }) => told?.confirmed === false))
    context.stderr.write(
      `warning: nobody has confirmed that it is an attack: \`aliaswatch quarantine confirm --campaign ${printable(id)}\` keeps it from being learned\n`,
    );
  if (!json)
    context.stdout.write(
      `\na gateway that runs on ${settings.stateDir} sends what is to be told\n`,
    );
}

function previewText({ people, news, messages, nameless, notice }: Notifying): string {
  const facts = [
    `${news} of ${people} would be told, of ${messages} delivered messages`,
    ...(nameless > 0 ? [`${nameless} more are left out: their addresses are not remembered`] : []),
  ];
  const lines = [...facts, '', `To: ${notice.to}`, `Subject: ${notice.subject}`, '', notice.text];
  return lines.map((line) => line.split('\n').map(printable).join('\n')).join('\n');
}
