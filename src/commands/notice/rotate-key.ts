import { rotateLinkKeys } from '../../notices/links/link-keys.ts';
import { printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';

export type RotateFlags = SettingFlags & { readonly revoke?: boolean; readonly json?: boolean };

export async function rotateKey(context: CommandContext, flags: RotateFlags): Promise<void> {
  const { stateDir } = await settingsFor(context, flags);
  const { current, all } = await rotateLinkKeys(stateDir, { revoke: flags.revoke === true });
  if (flags.json) printJson(context, { current: current.version, versions: [...all.keys()] });
  else
    context.stdout.write(
      `links of notices are signed with key ${current.version} now${all.size > 1 ? '; those of older keys work until they expire' : '; all earlier links have ended'}\n`,
    );
}
