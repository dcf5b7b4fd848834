import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { revokeSessions } from '../../console/access/access.ts';
import { openAccessFile } from '../../console/access/access-file.ts';
import { createSessions, sessionLimitsOf } from '../../console/access/sessions.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { operatorOf } from '../operator-name.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';

export type SessionFlags = SettingFlags & {
  readonly json?: boolean;
  /** All sessions of this one. */
  readonly operator?: string;
};

export async function listSessions(context: CommandContext, flags: SessionFlags): Promise<void> {
  const settings = await settingsFor(context, flags);
  const { stateDir } = settings;
  using file = openAccessFile(stateDir);
  const isThere = existsSync(join(stateDir, 'access.db'));
  const sessions = isThere
    ? createSessions(file, () => new Date(), sessionLimitsOf(settings)).list()
    : [];
  const shown = sessions.map(({ id, operator, address, begunAt, seenAt }) => ({
    id,
    operator,
    address,
    begunAt: begunAt.toISOString(),
    seenAt: seenAt.toISOString(),
  }));
  if (flags.json) printJson(context, { sessions: shown });
  else if (shown.length === 0) context.stdout.write('nobody is logged in\n');
  else
    context.stdout.write(
      renderTable(
        ['id', 'operator', 'from', 'since (UTC)', 'last seen (UTC)'].map((heading) => ({
          heading,
        })),
        shown.map((one) => [
          one.id,
          one.operator,
          one.address,
          one.begunAt.slice(0, 19),
          one.seenAt.slice(0, 19),
        ]),
      ),
    );
}

/** Ends one session by its id, or with `--operator` all of an operator. */
export async function revokeSession(
  context: CommandContext,
  id: string | undefined,
  flags: SessionFlags,
): Promise<void> {
  const { operator } = flags;
  if ((id === undefined) === (operator === undefined))
    throw new CommandFailure('name either the id of a session or --operator', {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  await using audit = await openAuditLog(context, settings);
  using file = openAccessFile(settings.stateDir);
  const sessions = createSessions(file, () => new Date());
  const actor = { kind: 'operator', name: operatorOf(context), via: 'command' } as const;
  const which = operator === undefined ? { id: id ?? '' } : { operator };
  const ended = await revokeSessions({ sessions }, audit, actor, which);
  if (ended === 0)
    throw new CommandFailure('there is no such session: `operator sessions` shows them');
  if (flags.json) printJson(context, { ended });
  else context.stdout.write(`${ended} ${ended === 1 ? 'session' : 'sessions'} ended\n`);
}
