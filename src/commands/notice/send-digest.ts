import { openNoticeDesk } from '../../notices/notice-desk.ts';
import type { NoticeOutcome } from '../../notices/send-notices.ts';
import { nextHopRoute } from '../../next-hop-route.ts';
import { deliverOnce } from '../../smtp/deliver-once.ts';
import { exitCodes, printJson, type CommandContext } from '../command.ts';
import { rulesFor } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import { existingQuarantine } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable, renderTable } from '../text-table.ts';

const words: Readonly<Record<NoticeOutcome['outcome'], string>> = {
  sent: 'sent',
  settled: 'nothing left to tell',
  again: 'not taken, tried again later',
  refused: 'refused',
  expired: 'given up',
};

/** Sends everything that waits, also what has time. */
export async function sendDigest(
  context: CommandContext,
  flags: SettingFlags & { readonly json?: boolean },
): Promise<void> {
  const settings = await settingsFor(context, flags, ['nextHop']);
  const { nextHop } = settings;
  if (nextHop === null) return; // settingsFor has refused
  const { notices: languages } = await rulesFor(settings);
  await using quarantine = await existingQuarantine(context, settings);
  const route = await nextHopRoute({ ...settings, nextHop });
  const outcomes: NoticeOutcome[] = [];
  await using desk = await openNoticeDesk({
    settings,
    languages,
    quarantine,
    expiryAction: settings.quarantineExpiry,
    deliver: (envelope, content) => deliverOnce(route, envelope, content),
    onOutcome: (outcome) => void outcomes.push(outcome),
    now: () => new Date(),
  });
  await desk.send('all', context.signal);
  if (flags.json) printJson(context, { notices: outcomes });
  else if (outcomes.length === 0) context.stdout.write('nothing waits to be told\n');
  else context.stdout.write(table(outcomes));
  const failed = outcomes.filter(({ outcome }) => outcome !== 'sent' && outcome !== 'settled');
  for (const { recipient, reply } of failed)
    context.stderr.write(`error: the notice to ${printable(recipient)}: ${printable(reply)}\n`);
  if (failed.length > 0) context.exit(exitCodes.failed);
}

function table(outcomes: readonly NoticeOutcome[]): string {
  return renderTable(
    [
      { heading: 'to' },
      { heading: 'about' },
      { heading: 'messages', align: 'right' },
      { heading: 'outcome' },
    ],
    outcomes.map(({ recipient, kind, messages, outcome }) => [
      recipient,
      kind,
      String(messages),
      words[outcome],
    ]),
  );
}
