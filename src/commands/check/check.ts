import type { Analysis } from '../../analysis.ts';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import type { Action } from '../../decision/policy.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { readHeader } from '../../message/header.ts';
import { readPseudonymKey } from '../../pseudonym-key.ts';
import { activate } from '../../activate-rules.ts';
import { printJson, type CommandContext } from '../command.ts';
import { rulesFor } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import { openOfflineAnalysis, watchAlso } from '../offline-analysis.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import { openLedgers } from '../organization/open-ledgers.ts';
import { rulesInForce } from '../rules/stored-rules.ts';
import type { SettingFlags } from '../setting-options.ts';
import { checkJson, checkText } from './check-report.ts';
import { checkedTransaction, type PathFlags } from './checked-transaction.ts';
import { readOneMessage } from './read-one-message.ts';

export type CheckFlags = SettingFlags &
  PathFlags & {
    readonly assumeAuthenticated?: boolean;
    readonly watchAll?: boolean;
    readonly store?: string;
    readonly json?: boolean;
  };

const exitCodeOf: Readonly<Record<Action, number>> = {
  pass: 0,
  tag: 10,
  quarantine: 11,
  defer: 12,
  reject: 12,
};

/** Judges one message with the baselines of a store; the action is the exit code. */
export async function check(
  context: CommandContext,
  file: string,
  flags: CheckFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  // What a gateway of that store makes of it, unless other rules are named.
  const isOfStore = flags.store !== undefined && flags['rulesDir'] === undefined;
  const found = isOfStore ? rulesInForce(context, settings) : rulesFor(settings);
  const active = activate(await found, settings);
  const bytes = await readOneMessage(file, {
    stdin: context.stdin,
    maxBytes: settings.maxMessageBytes,
  });
  const transaction = checkedTransaction(bytes, flags);
  const rules = flags.watchAll
    ? watchAlso(
        active,
        readHeader(bytes).from.map(({ address }) => address),
      )
    : active;
  const limits = { ...defaultStoreLimits, ...rules.policy.learning };
  const location = flags.store ?? 'sqlite::memory:';
  await using baselines = await openStore(location, {
    limits,
    timeoutMs: patientStoreTimeoutMs,
    readOnly: flags.store !== undefined,
  });
  const pseudonymKey = await readPseudonymKey(settings.stateDir);
  // A store from before there were such ledgers still does: their signals are not asked.
  await using organization =
    flags.store === undefined
      ? null
      : await openLedgers({
          settings,
          pseudonymKey,
          windowDays: limits.windowDays,
          readOnly: true,
        }).catch(() => null);
  await using offline = openOfflineAnalysis({
    settings,
    rules,
    baselines,
    organization,
    pseudonymKey,
    assumeAuthenticated: flags.assumeAuthenticated === true,
    countsTraffic: false,
    onBug: (failure) => {
      throw failure;
    },
  });
  const analysis = await offline.analyse(transaction);
  report(context, { analysis, rules, flags });
}

function report(
  context: CommandContext,
  {
    analysis,
    rules,
    flags,
  }: { readonly analysis: Analysis; readonly rules: ActiveRules; readonly flags: CheckFlags },
): void {
  if (flags.json) printJson(context, checkJson(analysis, rules.version));
  else context.stdout.write(checkText(analysis, { rules, hasStore: flags.store !== undefined }));
  context.exit(exitCodeOf[analysis.decision.action]);
}
