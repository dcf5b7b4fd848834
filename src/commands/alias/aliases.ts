import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { activate } from '../../activate-rules.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { rulesFor } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';
import { baselineFacts, baselineText, type BaselineFacts } from './baseline-report.ts';
import { packText } from './pack-report.ts';

export type AliasFlags = SettingFlags & {
  readonly store?: string;
  readonly at?: Date;
  readonly json?: boolean;
};

async function activeRules(context: CommandContext, flags: AliasFlags): Promise<ActiveRules> {
  const settings = await settingsFor(context, flags);
  return activate(await rulesFor(settings), settings);
}

/** Every watched alias. */
export async function listAliases(context: CommandContext, flags: AliasFlags): Promise<void> {
  const { catalogue } = await activeRules(context, flags);
  if (flags.json) {
    printJson(context, { aliases: catalogue.aliases });
    return;
  }
  const rows = catalogue.aliases.map(({ id, vendor, addresses, pack }) => [
    id,
    vendor,
    pack === null ? 'no' : 'yes',
    pack?.functions.join(', ') ?? '',
    addresses.join(', '),
  ]);
  context.stdout.write(
    renderTable(
      [
        { heading: 'alias' },
        { heading: 'vendor' },
        { heading: 'pack' },
        { heading: 'for' },
        { heading: 'addresses' },
      ],
      rows,
    ),
  );
}

/** Pack and, where a store is named, baseline of one alias. */
export async function showAlias(
  context: CommandContext,
  name: string,
  flags: AliasFlags,
): Promise<void> {
  const rules = await activeRules(context, flags);
  const watched =
    rules.catalogue.aliases.find(({ id }) => id === name) ?? rules.catalogue.find(name);
  const baseline =
    flags.store === undefined
      ? null
      : await readBaseline(watched?.id ?? name, flags.store, { rules, at: flags.at ?? new Date() });
  // What was learned with --watch-all has a history and no place in the catalogue.
  if (watched === null && !baseline?.isKnown) throw unknown(name);
  if (flags.json) printJson(context, { alias: watched ?? { id: name }, baseline });
  else
    context.stdout.write(
      `${watched ? packText(watched) : `${name}: not watched\n`}${baseline ? `\n${baselineText(baseline)}` : ''}`,
    );
}

async function readBaseline(
  alias: string,
  location: string,
  { rules, at }: { readonly rules: ActiveRules; readonly at: Date },
): Promise<BaselineFacts> {
  const limits = { ...defaultStoreLimits, ...rules.policy.learning };
  await using store = await openStore(location, {
    limits,
    timeoutMs: patientStoreTimeoutMs,
    readOnly: true,
  });
  const isKnown = (await store.aliases()).includes(alias);
  return { isKnown, ...baselineFacts(await store.describe(alias, at), at) };
}

function unknown(name: string): CommandFailure {
  return new CommandFailure(
    `nobody watches ${name}, and nothing was learned of it: \`aliaswatch alias list\` shows the aliases`,
  );
}
