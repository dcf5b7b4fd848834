import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { allHeld } from '../../quarantine/all-held.ts';
import { openQuarantine, type DirectoryQuarantine } from '../../quarantine/directory-quarantine.ts';
import { QuarantineError } from '../../quarantine/quarantine-error.ts';
import type { HeldMessage } from '../../quarantine/quarantine.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { campaignTable, groupByCampaign } from './held-campaigns.ts';
import { heldTable, heldText } from './held-report.ts';
import { release } from './release.ts';

export type HeldFlags = SettingFlags & { readonly json?: boolean };
export type ListFlags = HeldFlags & { readonly byCampaign?: boolean };
export type ReleaseFlags = HeldFlags & { readonly rcpt?: readonly string[] };

export async function listHeld(context: CommandContext, flags: ListFlags): Promise<void> {
  const quarantine = await existing(await settingsFor(context, flags));
  const [messages, unreadable] = await Promise.all([
    Array.fromAsync(allHeld(quarantine)),
    quarantine.unreadable(),
  ]);
  const campaigns = flags.byCampaign === true ? groupByCampaign(messages) : null;
  if (flags.json) printJson(context, { ...(campaigns ? { campaigns } : { messages }), unreadable });
  else if (messages.length === 0) context.stdout.write('nothing is held\n');
  else context.stdout.write(campaigns ? campaignTable(campaigns) : heldTable(messages));
  for (const { id, problem } of unreadable) context.stderr.write(`error: ${id}: ${problem}\n`);
  if (unreadable.length > 0) context.exit(exitCodes.failed);
}

export async function showHeld(
  context: CommandContext,
  id: string,
  flags: HeldFlags,
): Promise<void> {
  const { lesson, ...held } = await findHeld(await existing(await settingsFor(context, flags)), id);
  if (flags.json) printJson(context, { ...held, learnsOnRelease: lesson !== null });
  else context.stdout.write(heldText(held));
}

export async function releaseMessage(
  context: CommandContext,
  id: string,
  flags: ReleaseFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags, ['nextHop']);
  const { nextHop } = settings;
  if (nextHop === null) return; // settingsFor has refused
  const quarantine = await existing(settings);
  await findHeld(quarantine, id);
  await release(context, {
    quarantine,
    id,
    settings: { ...settings, nextHop },
    recipients: flags.rcpt ?? null,
    json: flags.json === true,
  });
}

async function existing({ stateDir }: Settings): Promise<DirectoryQuarantine> {
  const directory = join(stateDir, 'quarantine');
  try {
    return await openQuarantine(directory, { create: false });
  } catch (error) {
    if (!(error instanceof QuarantineError) || error.problem !== 'missing') throw error;
    throw new CommandFailure(
      `there is no quarantine at ${directory}: name the state directory of the gateway with --state-dir`,
      { cause: error },
    );
  }
}

async function findHeld(quarantine: DirectoryQuarantine, id: string): Promise<HeldMessage> {
  const held = await quarantine.find(id).catch((error: unknown) => {
    if (error instanceof QuarantineError && error.problem === 'invalid-id') return null;
    throw error;
  });
  if (held === null)
    throw new CommandFailure(
      `no message ${id} is held: \`aliaswatch quarantine list\` shows the ids`,
    );
  return held;
}
