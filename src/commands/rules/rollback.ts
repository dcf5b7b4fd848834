import { rollBack } from '../../activation/change-rules.ts';
import type { Activation, RuleSetStore } from '../../activation/rule-set-store.ts';
import type { Settings } from '../../config/settings.ts';
import { allHeld } from '../../quarantine/all-held.ts';
import { QuarantineError } from '../../quarantine/quarantine-error.ts';
import type { Effect } from '../../review/review.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { existingQuarantine } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';
import { releaseOnlyUnder } from './release-only-under.ts';
import { changedBy, openStoredRules, recordRulesAct } from './stored-rules.ts';

export type RollbackFlags = SettingFlags & {
  readonly to?: string;
  readonly reason?: string;
  readonly releaseHeld?: boolean;
  readonly json?: boolean;
};

/** Takes back the last change of the rules, on every process and node, and on request gives back what it kept. */
export async function rollBackRules(
  context: CommandContext,
  { to, reason, releaseHeld = false, json = false, ...flags }: RollbackFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags, releaseHeld ? ['nextHop'] : []);
  await using store = await openStoredRules(settings);
  const [last] = await store.history(1);
  // Killed while it released, a second run goes on; it does not take back one change more.
  const goesOn = releaseHeld && to === undefined && last?.via === 'rollback';
  const entry = goesOn ? last : await takeBack(context, settings, { store, to, reason });
  if (json) printJson(context, { ok: true, ...entry });
  else
    context.stdout.write(
      `${entry.version} is in force; ${entry.previous ?? 'nothing'} is taken back, and a changed file does not bring it again\n`,
    );
  if (entry.previous === null) return;
  if (releaseHeld) await giveBack(context, settings, { entry, json });
  else if (!json) await offer(context, settings, entry.previous);
}

type Back = {
  readonly store: RuleSetStore;
  readonly to: string | undefined;
  readonly reason: string | undefined;
};

async function takeBack(
  context: CommandContext,
  settings: Settings,
  { store, to, reason }: Back,
): Promise<Activation> {
  const entry = await rollBack(store, await store.inForce(), {
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
  return entry;
}

async function giveBack(
  context: CommandContext,
  settings: Settings,
  { entry, json }: { readonly entry: Activation; readonly json: boolean },
): Promise<void> {
  const ruleset = entry.previous ?? '';
  const why = entry.reason === '' ? '' : `: ${entry.reason}`;
  const onMessage = ({ message, outcome, detail }: Effect) => {
    if (json) printJson(context, { message, outcome, detail });
    else context.stdout.write(`${message} ${outcome}: ${printable(detail)}\n`);
  };
  const given = await releaseOnlyUnder(context, {
    ...{ settings, ruleset, onMessage },
    reason: `held only because of ruleset ${ruleset}, which was rolled back${why}`,
  });
  if (json) printJson(context, given);
  else
    context.stdout.write(
      `${given.released} messages that were held only because of ${ruleset} are released, ${given.stillHeld} are still held${given.stillHeld > 0 ? ': run this again once the reason is gone' : ''}\n`,
    );
  if (given.stillHeld > 0) context.exit(exitCodes.failed);
}

/** In one sentence, where there is something to give back. */
async function offer(context: CommandContext, settings: Settings, ruleset: string): Promise<void> {
  const held = await heldOnlyUnder(context, settings, ruleset);
  if (held > 0)
    context.stdout.write(
      `${held} messages are held only because of ${ruleset}: \`aliaswatch rules rollback --release-held\` delivers them\n`,
    );
}

/** Messages that somebody waits for; 0 where there is no quarantine. */
export async function heldOnlyUnder(
  context: CommandContext,
  settings: Settings,
  ruleset: string,
): Promise<number> {
  try {
    await using quarantine = await existingQuarantine(context, settings);
    const found = allHeld(quarantine, { state: 'held', onlyUnder: ruleset });
    const held = await Array.fromAsync(found, ({ onlyUnder }) => onlyUnder);
    return held.filter((version) => version === ruleset).length;
  } catch (error) {
    if (error instanceof CommandFailure || error instanceof QuarantineError) return 0;
    throw error;
  }
}
