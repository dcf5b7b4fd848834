import { redactStoreLocation } from '../../config/store-location.ts';
import { ledgerNames, type LedgerSizes, type RememberedValue } from '../../organization/ledgers.ts';
import { readPseudonymKey } from '../../pseudonym-key.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';
import { openLedgers } from './open-ledgers.ts';

export type ShowFlags = SettingFlags & { readonly json?: boolean };

export type ForgetFlags = ShowFlags & {
  /** Day number, UTC. */
  readonly day?: number;
};

/** How full the ledgers are or, with a value, what they know of it. */
export async function showOrganization(
  context: CommandContext,
  value: string | null,
  flags: ShowFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const pseudonymKey = await readPseudonymKey(settings.stateDir);
  await using ledgers = await openLedgers({ settings, pseudonymKey, readOnly: true });
  if (value === null) {
    const values = await ledgers.sizes();
    const store = redactStoreLocation(settings.store);
    if (flags.json) printJson(context, { store, values });
    else context.stdout.write(sizesText(values));
    return;
  }
  const known = await ledgers.describe(value);
  if (flags.json) printJson(context, { value, known });
  else context.stdout.write(knownText(value, known));
}

/** Takes out a value or takes back a day. */
export async function forgetInOrganization(
  context: CommandContext,
  value: string | null,
  flags: ForgetFlags,
): Promise<void> {
  const { day } = flags;
  if ((value === null) === (day === undefined))
    throw new CommandFailure(
      'give either a value or --day, for example: organization forget lure.example',
      {
        exitCode: exitCodes.usage,
      },
    );
  const settings = await settingsFor(context, flags);
  const pseudonymKey = await readPseudonymKey(settings.stateDir);
  await using ledgers = await openLedgers({ settings, pseudonymKey });
  const changed = await ledgers.forget(day === undefined ? { value: value ?? '' } : { day });
  if (flags.json) printJson(context, { changed });
  else context.stdout.write(`changed ${changed} records\n`);
}

const titles: Readonly<Record<keyof LedgerSizes, string>> = {
  domain: 'link domains',
  correspondent: 'correspondents',
  carried: 'values carried by watched aliases',
};

function sizesText(values: LedgerSizes): string {
  return renderTable(
    [{ heading: 'ledger' }, { heading: 'values', align: 'right' }],
    ledgerNames.map((ledger) => [titles[ledger], String(values[ledger])]),
  );
}

function knownText(value: string, known: readonly RememberedValue[]): string {
  if (known.length === 0) return `${value}: never seen here\n`;
  return known.map(recordText).join('');
}

function recordText(record: RememberedValue): string {
  const { ledger, firstDay, lastDay, days, senders, written, messages, carriers } = record;
  const when = firstDay === lastDay ? `on ${firstDay}` : `from ${firstDay} to ${lastDay}`;
  switch (ledger) {
    case 'domain':
      return `link domain: in ${messages} messages of about ${senders} senders on ${days} days, ${when}\n`;
    case 'correspondent':
      return `correspondent: ${messages} messages on ${days} days, ${when}${written ? '; we wrote there' : ''}\n`;
    case 'carried':
      return `not established, carried by ${carriers.map(({ alias, day }) => `${alias} (${day})`).join(', ')}\n`;
  }
}
