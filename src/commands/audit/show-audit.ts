import type { AuditAct } from '../../audit/audit-log.ts';
import { openAuditReader, type RecordedAct } from '../../audit/read-audit.ts';
import { auditDirectory } from '../../audit/start-audit.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable, renderTable } from '../text-table.ts';

export type ShowFlags = SettingFlags & { readonly json?: boolean };
export type ListFlags = ShowFlags & {
  readonly act?: AuditAct;
  readonly subject?: string;
  readonly actor?: string;
  readonly since?: Date;
  readonly limit: number;
};

const reasonWidth = 60;

export async function listAudit(context: CommandContext, flags: ListFlags): Promise<void> {
  const { stateDir } = await settingsFor(context, flags);
  const { act, subject, actor, since, limit } = flags;
  const records = await openAuditReader(auditDirectory(stateDir)).list(
    {
      ...(act === undefined ? {} : { act }),
      ...(subject === undefined ? {} : { subject }),
      ...(actor === undefined ? {} : { actor }),
      ...(since === undefined ? {} : { since: since.toISOString() }),
    },
    limit,
  );
  if (flags.json) printJson(context, { records });
  else if (records.length === 0) context.stdout.write('nothing is on record\n');
  else context.stdout.write(recordTable(records));
}

export async function showAudit(
  context: CommandContext,
  id: string,
  flags: ShowFlags,
): Promise<void> {
  const { stateDir } = await settingsFor(context, flags);
  const record = await openAuditReader(auditDirectory(stateDir)).find(id);
  if (record === null)
    throw new CommandFailure(`there is no record ${id}: \`aliaswatch audit list\` shows the ids`);
  if (flags.json) printJson(context, { ...record });
  else context.stdout.write(recordText(record));
}

function recordTable(records: readonly RecordedAct[]): string {
  return renderTable(
    [
      { heading: 'record' },
      { heading: 'at (UTC)' },
      { heading: 'act' },
      { heading: 'by' },
      { heading: 'subject' },
      { heading: 'reason' },
    ],
    records.map(({ id, at, act, actor, subject, reason }) => [
      id,
      at.slice(0, 19),
      act,
      actor.name,
      subject,
      reason.slice(0, reasonWidth),
    ]),
  );
}

function recordText({ id, at, act, actor, subject, reason, facts, personal }: RecordedAct): string {
  const rows = [
    ['at', at],
    ['act', act],
    ['by', `${actor.kind} ${actor.name}, ${actor.via}`],
    ['subject', subject],
    ['reason', reason],
    ...Object.entries(facts).map(([name, value]) => [name, String(value ?? '')]),
    ...Object.entries(personal).map(([name, value]) => [name, value ?? '(erased)']),
  ].filter(([, text]) => text !== '');
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return `${id}\n${rows.map(([name = '', text = '']) => `  ${name.padEnd(width)}  ${printable(text)}\n`).join('')}`;
}
