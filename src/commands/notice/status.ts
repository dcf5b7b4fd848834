import type { Settings } from '../../config/settings.ts';
import { lateMs } from '../../notices/notice-times.ts';
import { hasNotices, noticesPath, openNoticesFile } from '../../notices/notices-file.ts';
import { createOutbox } from '../../notices/outbox.ts';
import type { OutboxStatus } from '../../notices/outbox-status.ts';
import { exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';

const nothing: OutboxStatus = {
  waiting: 0,
  pending: 0,
  overdueSince: null,
  lastSentAt: null,
  nextDueAt: null,
  failures: [],
};

/** Says whether those who should know of held mail are told. */
export async function noticeStatus(
  context: CommandContext,
  flags: SettingFlags & { readonly json?: boolean },
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const now = new Date();
  const status = statusIn(settings.stateDir, now);
  const overdueSeconds = overdue(status, now);
  const isLate = overdueSeconds * 1000 > lateMs;
  if (flags.json)
    printJson(context, { ...status, overdueSeconds, isLate, told: whoIsTold(settings) });
  else context.stdout.write(statusText(status, { overdueSeconds, settings }));
  if (!isLate) return;
  context.stderr.write(
    `error: the oldest notice is ${duration(overdueSeconds)} late: is \`aliaswatch serve\` running, and does the next hop take its mail?\n`,
  );
  context.exit(exitCodes.failed);
}

function statusIn(stateDir: string, now: Date): OutboxStatus {
  if (!hasNotices(stateDir)) return nothing;
  const database = openNoticesFile(noticesPath(stateDir), { readOnly: true });
  try {
    return createOutbox(database).status(now);
  } finally {
    database.close();
  }
}

function overdue({ overdueSince }: OutboxStatus, now: Date): number {
  return overdueSince === null ? 0 : (now.getTime() - overdueSince.getTime()) / 1000;
}

function whoIsTold({
  noticeMode,
  noticeTo,
  noticeRecipients,
}: Pick<Settings, 'noticeMode' | 'noticeTo' | 'noticeRecipients'>): readonly string[] {
  if (noticeMode === 'off') return [];
  return [...noticeTo, ...(noticeRecipients === 'held' ? ['the recipients'] : [])];
}

function statusText(
  { waiting, pending, lastSentAt, nextDueAt, failures }: OutboxStatus,
  { overdueSeconds, settings }: { readonly overdueSeconds: number; readonly settings: Settings },
): string {
  const told = whoIsTold(settings);
  const facts: readonly (readonly [string, string])[] = [
    [
      'told of held mail',
      told.length === 0 ? nobody(settings) : `${told.join(', ')} (${settings.noticeMode})`,
    ],
    ['waits to be told', String(waiting)],
    ['not delivered yet', String(pending)],
    ['overdue', overdueSeconds === 0 ? 'no' : duration(overdueSeconds)],
    ['last sent', lastSentAt?.toISOString() ?? 'never'],
    ['next due', nextDueAt?.toISOString() ?? 'nothing'],
  ];
  const lines = [
    ...facts.map(([name, value]) => `  ${name.padEnd(18)}  ${printable(value)}`),
    ...failures.map(
      ({ recipient, at, reply, isFinal }) =>
        `  ${isFinal ? 'given up' : 'tried again'} ${at.toISOString()} ${printable(recipient)}: ${printable(reply)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function nobody({ noticeMode }: Pick<Settings, 'noticeMode'>): string {
  return noticeMode === 'off' ? 'nobody: noticeMode is off' : 'nobody: set noticeTo';
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
