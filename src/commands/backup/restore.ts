import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { restore } from '../../backup/restore.ts';
import { printJson, startProgress, type CommandContext } from '../command.ts';
import { settingsForAnyState } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';
import { recordAct } from './record-act.ts';

export type RestoreFlags = SettingFlags & { readonly force?: boolean; readonly json?: boolean };

/** Puts a backup in place of an empty state, or with `force` of what is there; the record that was restored goes on with it. */
export async function restoreBackup(
  context: CommandContext,
  path: string,
  flags: RestoreFlags,
): Promise<void> {
  const settings = await settingsForAnyState(context, flags);
  const { stateDir, store } = settings;
  using progress = startProgress(context, { total: (await stat(path)).size, unit: 'bytes' });
  const { about, files, bytes, before } = await restore({
    ...{ path, stateDir, store, at: new Date(), replaces: flags.force === true },
    onRead: progress.step,
    signal: context.signal,
  });
  const { program, at } = about;
  const moved = before === null ? '' : `; what was there before is in ${printable(before)}`;
  if (flags.json) printJson(context, { stateDir, takenAt: at, program, files, bytes, before });
  else
    context.stdout.write(
      `${printable(stateDir)}: ${files} files of ${at}, written by ${printable(program)}${moved}. Now \`aliaswatch audit verify\`, then start \`serve\`\n`,
    );
  await recordAct(context, settings, {
    act: 'restored',
    facts: { file: resolve(path), takenAt: at, program, files, bytes, before },
  });
}
