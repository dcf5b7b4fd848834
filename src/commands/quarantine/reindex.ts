import { exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { existingQuarantine } from '../review/open-desk.ts';
import type { HeldFlags } from './held-mail.ts';

/** Makes the index say what the files say. */
export async function reindexHeld(
  context: CommandContext,
  { json = false, ...flags }: HeldFlags,
): Promise<void> {
  await using quarantine = await existingQuarantine(context, await settingsFor(context, flags));
  const found = await quarantine.reindex();
  const { entries, changed, gone, unreadable } = found;
  if (json) printJson(context, found);
  else
    context.stdout.write(
      `${entries} messages; ${changed} were not in the index as they are, ${gone} were there no longer\n`,
    );
  if (unreadable === 0) return;
  context.stderr.write(
    `error: ${unreadable} cannot be read: \`aliaswatch quarantine list\` names them\n`,
  );
  context.exit(exitCodes.failed);
}
