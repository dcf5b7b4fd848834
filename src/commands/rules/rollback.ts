import { rollBack } from '../../activation/change-rules.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { changedBy, openStoredRules, recordRulesAct } from './stored-rules.ts';

export type RollbackFlags = SettingFlags & {
  readonly to?: string;
  readonly reason?: string;
  readonly json?: boolean;
};

/** Takes back the last change of the rules, on every process and node. */
export async function rollBackRules(
  context: CommandContext,
  { to, reason, json = false, ...flags }: RollbackFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  await using store = await openStoredRules(settings);
  const state = await store.inForce();
  const entry = await rollBack(store, state, {
    ...changedBy(context, reason),
    via: 'rollback',
    to: to ?? null,
  }).catch((error: unknown) => {
    throw new CommandFailure(error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  });
  await recordRulesAct(context, settings, {
    act: 'rules-rolled-back',
    subject: entry.version,
    reason: entry.reason,
    facts: { from: entry.previous },
  });
  if (json) printJson(context, { ok: true, ...entry });
  else
    context.stdout.write(
      `${entry.version} is in force; ${entry.previous ?? 'nothing'} is taken back, and a changed file does not bring it again\n`,
    );
}
