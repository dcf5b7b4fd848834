import { hostname } from 'node:os';
import {
  formatSettingProblem,
  loadSettings,
  type RequiredSetting,
  type SettingLoading,
} from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { refuseNewerState } from '../state-directory.ts';
import { CommandFailure, exitCodes, type CommandContext } from './command.ts';
import { usualFile, type SettingFlags } from './setting-options.ts';

/**
 * Defaults < file < environment < flags.
 * @throws CommandFailure with every problem at once, Error where a newer program wrote the state directory.
 */
export async function settingsFor(
  context: Pick<CommandContext, 'environment'>,
  given: SettingFlags,
  required: readonly RequiredSetting[] = [],
): Promise<Settings> {
  const settings = await settingsForAnyState(context, given, required);
  await refuseNewerState(settings.stateDir);
  return settings;
}

/**
 * The same for who replaces the state directory.
 * @throws CommandFailure with every problem at once.
 */
export async function settingsForAnyState(
  context: Pick<CommandContext, 'environment'>,
  given: SettingFlags,
  required: readonly RequiredSetting[] = [],
): Promise<Settings> {
  const loading = await loadSettingsFor(context, given, required);
  if (loading.ok) return loading.settings;
  const problems = loading.problems.map(formatSettingProblem).join('\n');
  throw new CommandFailure(`these settings cannot be used\n${problems}`, {
    exitCode: exitCodes.usage,
  });
}

/** The same for who has more to say of them; never throws. */
export async function loadSettingsFor(
  { environment }: Pick<CommandContext, 'environment'>,
  given: SettingFlags,
  required: readonly RequiredSetting[],
): Promise<SettingLoading> {
  const named = given['config'] ?? environment['ALIASWATCH_CONFIG'];
  const file =
    typeof named === 'string' && named !== ''
      ? { path: named, mustExist: true }
      : { path: usualFile, mustExist: false };
  return loadSettings({ file, environment, flags: given, hostname: hostname(), required });
}
