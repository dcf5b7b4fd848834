import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { backUp } from '../../backup/back-up.ts';
import {
  CommandFailure,
  printJson,
  startProgress,
  type CommandContext,
  type Progress,
} from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';
import { readVersion } from '../version.ts';
import { recordAct } from './record-act.ts';

export type BackupFlags = SettingFlags & { readonly out: string; readonly json?: boolean };

/** Writes one archive of all that a gateway keeps, while it serves; who took it is on record, for it holds the keys. */
export async function backup(context: CommandContext, flags: BackupFlags): Promise<void> {
  const settings = await settingsFor(context, flags);
  const { stateDir, store, quarantineStore, quarantineKeyFile, operatorsFile } = settings;
  if (!existsSync(stateDir))
    throw new CommandFailure(
      `there is no state directory ${stateDir}: name that of the gateway with --state-dir`,
    );
  const left = [
    ...(quarantineStore === null ? [] : [`held mail in ${quarantineStore}`]),
    ...(quarantineKeyFile === null ? [] : [`the keys of held mail in ${quarantineKeyFile}`]),
    ...(operatorsFile === null ? [] : [`operators in ${operatorsFile}`]),
  ];
  using opened = new DisposableStack();
  let progress: Progress | null = null;
  const written = await backUp({
    ...{ stateDir, store, path: flags.out, version: readVersion(), at: new Date() },
    onStart: (total) => {
      progress = opened.use(startProgress(context, { total, unit: 'files' }));
    },
    onStep: (steps) => progress?.step(steps),
    signal: context.signal,
  });
  const { files, bytes } = written;
  for (const what of left) context.stderr.write(`warning: not in the backup: ${printable(what)}\n`);
  if (flags.json) printJson(context, { file: flags.out, ...written, notIncluded: left });
  else
    context.stdout.write(
      `${printable(flags.out)}: ${files} files, ${bytes} bytes. It holds keys and addresses: keep it like the state directory\n`,
    );
  await recordAct(context, settings, {
    act: 'backed-up',
    facts: { file: resolve(flags.out), files, bytes },
  });
}
