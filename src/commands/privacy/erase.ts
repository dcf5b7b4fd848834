import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { commitmentTo, newSalt } from '../../audit/commitment.ts';
import { auditDirectory } from '../../audit/start-audit.ts';
import type { Settings } from '../../config/settings.ts';
import { bucketOf, quarantineDirectory } from '../../held-mail.ts';
import type { HeldMail } from '../../quarantine/open-held-mail.ts';
import { heldFor } from '../../quarantine/erase-recipient.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import { existingQuarantine } from '../review/open-desk.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { operatorOf } from '../operator-name.ts';
import type { SettingFlags } from '../setting-options.ts';
import { openErasableParts, type ErasablePart } from './erasable-parts.ts';

export type EraseFlags = SettingFlags & {
  readonly recipient: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

type Found = { readonly title: string; readonly count: number };

/** Records that it is done, does it, and says what cannot be done yet. */
export async function erase(context: CommandContext, flags: EraseFlags): Promise<void> {
  const address = flags.recipient.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(address))
    throw new CommandFailure('--recipient is not an address: write ann@example.com', {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  const isDry = flags.dryRun === true;
  if (!existsSync(settings.stateDir))
    throw new CommandFailure(
      `there is no state directory ${settings.stateDir}: name that of the gateway with --state-dir`,
    );
  await mkdir(auditDirectory(settings.stateDir), { recursive: true, mode: 0o700 });
  await using quarantine = await quarantineOf(context, settings);
  await using opened = await openErasableParts(settings, quarantine);
  const found = await countIn(opened.parts, address);
  const salt = newSalt();
  if (!isDry) {
    await recordErasure(context, settings, { address, salt, found });
    for (const part of opened.parts) await part.eraseRecipient(address);
  }
  const held = quarantine === null ? [] : await heldFor(quarantine, address);
  const heldIds = held.map(({ id }) => id);
  // Nobody can say whom these are for.
  const unreadable = (await quarantine?.unreadable()) ?? [];
  if (flags.json)
    printJson(context, { erased: !isDry, parts: found, held: heldIds, salt: isDry ? null : salt });
  else context.stdout.write(reportText(found, isDry ? null : salt));
  if (heldIds.length > 0)
    context.stderr.write(
      `error: ${heldIds.length} messages to the address are still held: release or delete them first (${heldIds.slice(0, 5).join(', ')})\n`,
    );
  for (const { id, problem } of unreadable) context.stderr.write(`error: ${id}: ${problem}\n`);
  if (heldIds.length > 0 || unreadable.length > 0) context.exit(exitCodes.failed);
}

async function countIn(parts: readonly ErasablePart[], address: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const { title, countRecipient } of parts)
    found.push({ title, count: await countRecipient(address) });
  return found;
}

/** Names nobody; with the salt, which the operator alone is shown, it proves whom it was about. */
async function recordErasure(
  context: CommandContext,
  settings: Settings,
  { address, salt, found }: { address: string; salt: string; found: readonly Found[] },
): Promise<void> {
  await using audit = await openAuditLog(context, settings);
  await audit.append({
    act: 'recipient-erased',
    actor: { kind: 'operator', name: operatorOf(context), via: 'command' },
    subject: '',
    reason: '',
    facts: {
      commitment: commitmentTo({ salt, value: address.toLowerCase() }),
      ...Object.fromEntries(found.map(({ title, count }) => [title, count])),
    },
    personal: {},
  });
}

async function quarantineOf(context: CommandContext, settings: Settings): Promise<HeldMail | null> {
  const isThere = bucketOf(settings) !== null || existsSync(quarantineDirectory(settings));
  return isThere ? existingQuarantine(context, settings) : null;
}

function reportText(found: readonly Found[], salt: string | null): string {
  const lines = found.map(({ title, count }) => `${String(count).padStart(6)}  ${title}`);
  const last =
    salt === null
      ? 'nothing was erased (--dry-run)'
      : `erased; keep this salt to prove whom the record is about: ${salt}`;
  return `${[...lines, last].join('\n')}\n`;
}
