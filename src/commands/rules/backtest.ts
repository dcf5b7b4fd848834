import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activate } from '../../activate-rules.ts';
import { loadStored } from '../../activation/load-stored.ts';
import { backtestFile } from '../../backtest/backtest-file.ts';
import type { BacktestResult } from '../../backtest/backtest.ts';
import { gateOf, type GateVerdict } from '../../backtest/gate.ts';
import {
  changesTable,
  notesOf,
  totalsTable,
  type ReportTable,
} from '../../backtest/report-text.ts';
import { dayOf } from '../../baseline/ledger.ts';
import { loadRules } from '../../config/load-rules.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import type { Settings } from '../../config/settings.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { createPseudonym } from '../../features/hash.ts';
import { readPseudonymKey } from '../../pseudonym-key.ts';
import { openVectorsFile, vectorsFileName } from '../../vectors/vectors-file.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
  type Progress,
} from '../command.ts';
import { unusableRules } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';
import { backtestPage } from './backtest-page.ts';
import { readStoredRules } from './stored-rules.ts';
import { unknownName } from './unknown-name.ts';

export type BacktestFlags = SettingFlags & {
  readonly against?: string;
  readonly since?: string;
  readonly alias?: readonly string[];
  readonly html?: string;
  readonly json?: boolean;
};

/** Holds kept mail against a directory of rules and those in force, and says what would change. */
export async function backtestRules(
  context: CommandContext,
  directory: string | undefined,
  flags: BacktestFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const since = flags.since === undefined ? null : sinceDay(flags.since, new Date());
  const path = join(settings.stateDir, vectorsFileName);
  if (!existsSync(path))
    throw new CommandFailure(
      `${path} does not exist: \`serve\` keeps scored mail there; name the gateway's state directory with --state-dir`,
    );
  const candidate = activate(await rulesIn(directory ?? settings.rulesDir), settings);
  const inForce = activate(await rulesNamed(flags.against ?? 'active', settings), settings);
  checkAliases(flags.alias ?? [], { path, rules: [inForce, candidate] });
  const progress: { bar: Progress | null } = { bar: null };
  const result = await backtestFile({
    path,
    inForce,
    candidate,
    pseudonym: createPseudonym(await readPseudonymKey(settings.stateDir)),
    aliases: flags.alias ?? null,
    ...(since !== null && { since }),
    signal: context.signal,
    onStart: (total) => (progress.bar = startProgress(context, { total, unit: 'messages' })),
    onDone: (messages) => progress.bar?.step(messages),
  }).finally(() => progress.bar?.[Symbol.dispose]());
  const gate = gateOf(result, inForce.policy.activation.gate);
  if (flags.html !== undefined) await writeFile(flags.html, backtestPage(result, gate));
  if (flags.json) printJson(context, { ...result, gate });
  else context.stdout.write(textOf(result, gate));
}

const dayMs = 86_400_000;

/** `7d`, or a date; whole days in UTC. */
export function sinceDay(text: string, now: Date): number {
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  if (days !== undefined) return dayOf(now) - Number(days) + 1;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new CommandFailure(
      `--since ${text} is neither a date nor days: write 2026-11-01, or 7d`,
      { exitCode: exitCodes.usage },
    );
  return Math.floor(time / dayMs);
}

async function rulesIn(directory: string): Promise<RuleSet> {
  const loading = await loadRules(directory);
  if (!loading.ok) throw unusableRules(directory, loading.problems, exitCodes.failed);
  return loading.rules;
}

/** A stored version, `active` or a directory. Before the first start the rules directory is what would be in force. */
async function rulesNamed(name: string, settings: Settings): Promise<RuleSet> {
  await using store = await readStoredRules(settings);
  const { active } = await store.inForce();
  if (name === 'active' && active === null) return await rulesIn(settings.rulesDir);
  const version = name === 'active' ? active : name;
  const isVersion = version !== null && /^[0-9a-f]{12}$/.test(version);
  return isVersion ? await loadStored(store).load(version) : await rulesIn(name);
}

/** A slip in a name would read as if nothing changed. */
function checkAliases(
  asked: readonly string[],
  { path, rules }: { readonly path: string; readonly rules: readonly ActiveRules[] },
): void {
  if (asked.length === 0) return;
  using file = openVectorsFile(path, { readOnly: true, timeoutMs: 5000 });
  const kept = file.scored({ since: 0, aliases: null }).map(({ alias }) => alias);
  const named = rules.flatMap(({ catalogue }) => catalogue.aliases.map(({ id }) => id));
  const known = new Set([...kept, ...named]);
  for (const name of asked)
    if (!known.has(name))
      throw unknownName({ kind: 'alias', name }, [...known], '`aliaswatch alias list` shows them');
}

function textOf(result: BacktestResult, gate: GateVerdict): string {
  const { changes, kept } = result;
  const notes = notesOf(result, gate).map((note) => `${note}\n`);
  if (kept === 0) return notes.join('');
  return [
    ...notes,
    `\n${tableText(totalsTable(result))}`,
    changes.length === 0 ? '\nNothing would change.\n' : `\n${tableText(changesTable(result))}`,
  ].join('');
}

function tableText({ headings, rows }: ReportTable): string {
  return renderTable(
    headings.map((heading) => ({ heading })),
    rows,
  );
}
