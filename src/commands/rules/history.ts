import type { Activation, InForce } from '../../activation/rule-set-store.ts';
import { printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';
import { readStoredRules } from './stored-rules.ts';

export type HistoryFlags = SettingFlags & { readonly limit?: number; readonly json?: boolean };

const usualLimit = 50;

/** Which rules were in force, the newest first, and which are. */
export async function showHistory(
  context: CommandContext,
  { limit = usualLimit, json = false, ...flags }: HistoryFlags,
): Promise<void> {
  await using store = await readStoredRules(await settingsFor(context, flags));
  const inForce = await store.inForce();
  const activations = await store.history(limit);
  if (json) printJson(context, { inForce, activations });
  else if (activations.length === 0)
    context.stdout.write('no rules were activated yet: the first start of `serve` does\n');
  else context.stdout.write(historyTable(activations, inForce));
}

function historyTable(activations: readonly Activation[], inForce: InForce): string {
  const shown = new Set<string>();
  const rows = activations.map((activation) => {
    const { version, at, by, via, stage, previous, forced, reason } = activation;
    // The newest line of a set says what it is now.
    const now = shown.has(version) ? '' : standingOf(version, inForce);
    shown.add(version);
    const why = [...(forced ? ['forced'] : []), ...(reason === '' ? [] : [reason])].join(': ');
    return [version, now, at.slice(0, 19), stage, previous ?? '', via, by, why];
  });
  const headings = ['version', 'now', 'at (UTC)', 'as', 'before', 'via', 'by', 'why'];
  return renderTable(
    headings.map((heading) => ({ heading })),
    rows,
  );
}

function standingOf(version: string, { active, candidate, ignored }: InForce): string {
  if (version === active) return 'in force';
  if (version === candidate?.version) return 'candidate';
  return ignored.includes(version) ? 'rolled back' : '';
}
