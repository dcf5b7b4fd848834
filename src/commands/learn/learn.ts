import { join } from 'node:path';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import type { Settings } from '../../config/settings.ts';
import { redactStoreLocation } from '../../config/store-location.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { loadPseudonymKey, readPseudonymKey } from '../../pseudonym-key.ts';
import { activate } from '../../server.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
} from '../command.ts';
import { rulesFor, settingsFor } from '../command-settings.ts';
import { openOfflineAnalysis, patientStoreTimeoutMs, watchAlso } from '../offline-analysis.ts';
import type { SettingFlags } from '../setting-options.ts';
import { collectMail } from './collect-mail.ts';
import { learnMail, type AliasCounts } from './learn-mail.ts';
import { learnJson, learnText, summary, type Learned } from './learn-report.ts';
import { selection, type SelectionFlags } from './selection.ts';
import { openSpool, type Spool } from './spool.ts';

export type LearnFlags = SettingFlags &
  SelectionFlags & {
    readonly assumeAuthenticated?: boolean;
    readonly includeFlagged?: boolean;
    readonly json?: boolean;
  };

/** Reads all archives, then learns from them in order of arrival. Nothing is written until all of them could be read. */
export async function learn(
  context: CommandContext,
  paths: readonly string[],
  flags: LearnFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const active = activate(await rulesFor(settings), settings);
  await using spool = await openSpool();
  const { signal } = context;
  try {
    const collected = await collectMail(paths, {
      spool,
      isWanted: selection(active, flags),
      signal,
    });
    const rules = flags.watchAll ? watchAlso(active, collected.addresses) : active;
    const startedMs = performance.now();
    const aliases =
      spool.length === 0 ? [] : await learnSpool(context, { spool, rules, settings, flags });
    report(
      context,
      {
        ...summary(collected, aliases),
        store: redactStoreLocation(settings.store),
        seconds: (performance.now() - startedMs) / 1000,
      },
      flags,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CommandFailure(
      'interrupted: only a part of the archive is learned; learning it again may count that part twice',
      { exitCode: exitCodes.interrupted, cause: error },
    );
  }
}

type Learning = {
  readonly spool: Spool;
  readonly rules: ActiveRules;
  readonly settings: Settings;
  readonly flags: LearnFlags;
};

async function learnSpool(
  context: CommandContext,
  { spool, rules, settings, flags }: Learning,
): Promise<readonly AliasCounts[]> {
  const isServersOwn = settings.store === `sqlite:${join(settings.stateDir, 'baselines.db')}`;
  const pseudonymKey = await (isServersOwn ? loadPseudonymKey : readPseudonymKey)(
    settings.stateDir,
  );
  const limits = { ...defaultStoreLimits, ...rules.policy.learning };
  await using baselines = await openStore(settings.store, {
    limits,
    timeoutMs: patientStoreTimeoutMs,
  });
  await baselines.ping();
  const assumeAuthenticated = flags.assumeAuthenticated === true;
  await using analysis = openOfflineAnalysis({
    settings,
    rules,
    baselines,
    organization: null,
    pseudonymKey,
    assumeAuthenticated,
    countsTraffic: true,
    onBug: ({ message }) =>
      void context.stderr.write(`warning: a message was left out: ${message}\n`),
  });
  using progress = startProgress(context, { total: spool.length, unit: 'messages' });
  const includeFlagged = flags.includeFlagged === true;
  return await learnMail({
    spool,
    analysis,
    baselines,
    includeFlagged,
    signal: context.signal,
    onMessage: () => progress.step(),
  });
}

function report(context: CommandContext, learned: Learned, { json }: LearnFlags): void {
  if (json) printJson(context, learnJson(learned));
  else context.stdout.write(learnText(learned));
}
