import { join } from 'node:path';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import type { Settings } from '../../config/settings.ts';
import { redactStoreLocation } from '../../config/store-location.ts';
import type { ActiveRules } from '../../dependencies.ts';
import type { OrganizationLedgers } from '../../organization/ledgers.ts';
import { loadPseudonymKey, readPseudonymKey } from '../../pseudonym-key.ts';
import { activate } from '../../activate-rules.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
} from '../command.ts';
import { rulesFor } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import { openOfflineAnalysis, watchAlso } from '../offline-analysis.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import { openLedgers } from '../organization/open-ledgers.ts';
import type { SettingFlags } from '../setting-options.ts';
import { collectMail } from './collect-mail.ts';
import { journalPath, openJournal, type Journal } from './journal.ts';
import { learnMail, type LearnedMail } from './learn-mail.ts';
import { learnOutbound } from './learn-outbound.ts';
import { learnJson, learnText, summary, type Learned } from './learn-report.ts';
import { organizationLessons, otherMailInto } from './organization-lessons.ts';
import { selection, type SelectionFlags } from './selection.ts';
import { openSpool, type Spool } from './spool.ts';

export type LearnFlags = SettingFlags &
  SelectionFlags & {
    readonly assumeAuthenticated?: boolean;
    readonly includeFlagged?: boolean;
    readonly restart?: boolean;
    readonly outbound?: readonly string[];
    readonly json?: boolean;
  };

/**
 * Reads all archives, then learns from them in order of arrival. Nothing is written until all of them could be read, but
 * for those of sent mail.
 */
export async function learn(
  context: CommandContext,
  paths: readonly string[],
  flags: LearnFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const active = activate(await rulesFor(settings), settings);
  await using spool = await openSpool();
  await using others = await openSpool();
  const { signal } = context;
  try {
    const collected = await collectMail(paths, {
      spool,
      isWanted: selection(active, flags),
      onOther: flags.assumeAuthenticated
        ? otherMailInto(others, { lists: active.lists, sample: settings.organizationSample })
        : () => Promise.resolve(),
      signal,
    });
    const rules = flags.watchAll ? watchAlso(active, collected.addresses) : active;
    const startedMs = performance.now();
    const { outbound, ...taught } = await learnAll(context, {
      spool,
      others,
      rules,
      settings,
      flags,
    });
    report(
      context,
      {
        ...summary(collected, taught),
        outbound,
        store: redactStoreLocation(settings.store),
        seconds: (performance.now() - startedMs) / 1000,
      },
      flags,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CommandFailure(
      'interrupted: only a part of the archive is learned; the same command goes on from there',
      { exitCode: exitCodes.interrupted, cause: error },
    );
  }
}

type Learning = {
  readonly spool: Spool;
  readonly others: Spool;
  readonly rules: ActiveRules;
  readonly settings: Settings;
  readonly flags: LearnFlags;
};

type Taught = LearnedMail & Pick<Learned, 'outbound'>;

const nothingLearned: LearnedMail = { aliases: [], doneBefore: 0 };

/** Opens no store that nothing would be learned into. */
async function learnAll(context: CommandContext, learning: Learning): Promise<Taught> {
  const { spool, others, rules, settings, flags } = learning;
  const sent = flags.outbound ?? [];
  if (spool.length + others.length + sent.length === 0)
    return { ...nothingLearned, outbound: null };
  const isServersOwn = settings.store === `sqlite:${join(settings.stateDir, 'baselines.db')}`;
  const pseudonymKey = await (isServersOwn ? loadPseudonymKey : readPseudonymKey)(
    settings.stateDir,
  );
  await using ledgers = await openLedgers({
    settings,
    pseudonymKey,
    windowDays: rules.policy.learning.windowDays,
    onLost: (error) => {
      throw error;
    },
  });
  await ledgers.ping();
  const { lists } = rules;
  const { signal } = context;
  const outbound = sent.length === 0 ? null : await learnOutbound(sent, { ledgers, lists, signal });
  if (spool.length > 0)
    return { ...(await learnSpool(context, { ...learning, pseudonymKey, ledgers })), outbound };
  if (others.length === 0) return { ...nothingLearned, outbound };
  using journal = await journalOf(learning, await isUntaught(ledgers));
  await organizationLessons(ledgers, others, { lists, journal }).countUntil(null);
  return { ...nothingLearned, outbound };
}

/** A store without anything in it was made anew, and what was learned into its predecessor is to be learned again. */
async function journalOf({ settings, flags }: Learning, isNewStore: boolean): Promise<Journal> {
  return openJournal(journalPath(settings.stateDir, settings.store), {
    startsAnew: flags.restart === true || isNewStore,
  });
}

async function isUntaught(ledgers: Pick<OrganizationLedgers, 'sizes'>): Promise<boolean> {
  return Object.values(await ledgers.sizes()).every((size) => size === 0);
}

async function learnSpool(
  context: CommandContext,
  {
    pseudonymKey,
    ledgers,
    ...learning
  }: Learning & { readonly pseudonymKey: Buffer; readonly ledgers: OrganizationLedgers },
): Promise<LearnedMail> {
  const { spool, others, rules, settings, flags } = learning;
  const limits = { ...defaultStoreLimits, ...rules.policy.learning };
  await using baselines = await openStore(settings.store, {
    limits,
    timeoutMs: patientStoreTimeoutMs,
  });
  const isNewStore = (await baselines.aliases()).length === 0;
  using journal = await journalOf(learning, isNewStore);
  const current = { id: '' };
  await using analysis = openOfflineAnalysis({
    settings,
    rules,
    baselines: journal.observing(baselines, () => current.id),
    organization: ledgers,
    pseudonymKey,
    assumeAuthenticated: flags.assumeAuthenticated === true,
    countsTraffic: true,
    onBug: ({ message }) =>
      void context.stderr.write(`warning: a message was left out: ${message}\n`),
  });
  using progress = startProgress(context, { total: spool.length, unit: 'messages' });
  return await learnMail({
    spool,
    analysis,
    current,
    baselines,
    organization: organizationLessons(ledgers, others, { lists: rules.lists, journal }),
    journal,
    includeFlagged: flags.includeFlagged === true,
    signal: context.signal,
    onMessage: () => progress.step(),
  });
}

function report(context: CommandContext, learned: Learned, { json }: LearnFlags): void {
  if (json) printJson(context, learnJson(learned));
  else context.stdout.write(learnText(learned));
}
