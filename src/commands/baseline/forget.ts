import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import { redactStoreLocation } from '../../config/store-location.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { patientStoreTimeoutMs as timeoutMs } from '../patient-store.ts';
import { operatorOf } from '../operator-name.ts';
import { parseDay } from '../option-values.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';

export type ForgetFlags = SettingFlags & {
  /** ISO 8601 dates (UTC), checked. */
  readonly day?: readonly string[];
  readonly everything?: boolean;
  readonly reason: string;
  readonly json?: boolean;
};

/**
 * Takes back what an alias taught on some days, or all of it, under a running gateway.
 * @throws CommandFailure for an alias of which nothing was ever learned: a wrong name must not pass for done.
 */
export async function forgetBaseline(
  context: CommandContext,
  alias: string,
  flags: ForgetFlags,
): Promise<void> {
  const days = flags.day ?? [];
  if (days.length > 0 === (flags.everything === true))
    throw new CommandFailure(
      'give either --day or --everything, for example: aliaswatch baseline forget paypal-service --day 2026-03-01 --reason "taught by a campaign"',
      { exitCode: exitCodes.usage },
    );
  const settings = await settingsFor(context, flags);
  const from = redactStoreLocation(settings.store);
  await using store = await openStore(settings.store, { limits: defaultStoreLimits, timeoutMs });
  if (!(await store.aliases()).includes(alias))
    throw new CommandFailure(
      `nothing was ever learned of ${printable(alias)} in ${from}: \`aliaswatch alias list\` shows the ids`,
      { exitCode: exitCodes.usage },
    );
  const valuesBefore = await countValues();
  await using audit = await openAuditLog(context, settings);
  await audit.append({
    act: 'baseline-forgotten',
    actor: { kind: 'operator', name: operatorOf(context), via: 'command' },
    subject: alias,
    reason: flags.reason,
    facts: { days: days.length > 0 ? days.join(' ') : 'all' },
    personal: {},
  });
  if (days.length === 0) await store.forget(alias, null);
  for (const day of days) await store.forget(alias, parseDay(day));
  const valuesLeft = await countValues();
  if (flags.json) printJson(context, { store: from, alias, days, valuesBefore, valuesLeft });
  else
    context.stdout.write(
      `${alias}: forgot ${days.length > 0 ? days.join(', ') : 'everything'}; of ${valuesBefore} values it knew, ${valuesLeft} are left\n`,
    );

  async function countValues(): Promise<number> {
    return (await store.describe(alias, new Date())).values.length;
  }
}
