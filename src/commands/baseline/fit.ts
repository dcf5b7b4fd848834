import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import { historyOf } from '../../baseline/history.ts';
import { redactStoreLocation } from '../../config/store-location.ts';
import { signalIds } from '../../features/signals.ts';
import { readLedgers } from '../../pooled-ledgers.ts';
import { fitSignal, talliesOf, type AliasTallies } from '../../score/fit-priors.ts';
import { printJson, startProgress, type CommandContext } from '../command.ts';
import { rulesFor } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import type { SettingFlags } from '../setting-options.ts';
import { fitText, rowsOf } from './fit-report.ts';

export type FitFlags = SettingFlags & {
  readonly without?: readonly string[];
  readonly at?: Date;
  readonly json?: boolean;
};

const mostAliases = 10_000;

/** Fits every prior to the aliases of a store, for a person who tunes `causes.yaml`. */
export async function fitBaselines(context: CommandContext, flags: FitFlags): Promise<void> {
  const settings = await settingsFor(context, flags);
  const { causes, policy } = await rulesFor(settings);
  await using store = await openStore(settings.store, {
    limits: { ...defaultStoreLimits, ...policy.learning },
    timeoutMs: patientStoreTimeoutMs,
    readOnly: true,
  });
  const reading = { at: flags.at ?? null, mostAliases, signal: context.signal };
  const without = new Set(flags.without);
  const aliases: AliasTallies[] = [];
  for await (const { alias, snapshot } of readLedgers(store, reading))
    if (!without.has(alias)) aliases.push(talliesOf(historyOf(snapshot)));
  using progress = startProgress(context, { total: signalIds.length, unit: 'signals' });
  const fits = signalIds.map((signal) => {
    const fit = fitSignal(signal, aliases);
    progress.step();
    return fit;
  });
  const rows = rowsOf(causes.signals, fits);
  const from = redactStoreLocation(settings.store);
  if (flags.json) printJson(context, { store: from, aliases: aliases.length, signals: rows });
  else context.stdout.write(fitText(rows, { store: from, aliases: aliases.length }));
}
