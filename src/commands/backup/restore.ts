import { stat } from 'node:fs/promises';
import { restore } from '../../backup/restore.ts';
import { printJson, startProgress, type CommandContext } from '../command.ts';
import { settingsForAnyState } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';

export type RestoreFlags = SettingFlags & { readonly force?: boolean; readonly json?: boolean };

/** Puts a backup in place of an empty state, or with `force` of what is there. */
export async function restoreBackup(
  context: CommandContext,
  path: string,
  flags: RestoreFlags,
): Promise<void> {
  const { stateDir, store } = await settingsForAnyState(context, flags);
  using progress = startProgress(context, { total: (await stat(path)).size, unit: 'bytes' });
  const { about, files, bytes, before } = await restore({
    ...{ path, stateDir, store, at: new Date(), replaces: flags.force === true },
    onRead: progress.step,
    signal: context.signal,
  });
  const { program, at } = about;
  if (flags.json) {
    printJson(context, { stateDir, takenAt: at, program, files, bytes, before });
    return;
  }
  const moved = before === null ? '' : `; what was there before is in ${printable(before)}`;
  context.stdout.write(
    `${printable(stateDir)}: ${files} files of ${at}, written by ${printable(program)}${moved}. Now \`aliaswatch audit verify\`, then start \`serve\`\n`,
  );
}
