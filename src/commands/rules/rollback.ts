import { rollBack } from '../../activation/change-rules.ts';
import { changeThatBegan, isGoneBackToAsProven } from '../../activation/history-of-active.ts';
import type { Activation, RuleSetStore } from '../../activation/rule-set-store.ts';
import { keptActivations } from '../../activation/rule-set-store.ts';
import { takenBack } from '../../activation/taken-back.ts';
import type { Settings } from '../../config/settings.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { countHeldOnlyUnder, giveBack, heldOnlyText } from './give-back.ts';
import { changedBy, openStoredRules, recordDone } from './stored-rules.ts';

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
  const before = await alreadyBack(store, { to, releaseHeld });
  const changed = before === null;
  const entry = before ?? (await takeBack(context, settings, { store, to, reason }));
  const history = await store.history(keptActivations);
  const rulesets = takenBack(history, await store.inForce());
  const messages = releaseHeld ? 0 : await countHeldOnlyUnder(context, settings, rulesets);
  if (json)
    printJson(context, {
      ...{ ok: true, changed, ...entry, takenBack: rulesets },
      ...(releaseHeld ? {} : { heldOnly: messages }),
    });
  else context.stdout.write(`${outcomeText(entry, { changed, to })}\n`);
  if (releaseHeld) {
    const why = entry.reason === '' ? '' : `: ${entry.reason}`;
    await giveBack(context, settings, { rulesets, why, json });
  } else if (!json && messages > 0) {
    const again = isTakenBackLast(history) ? '' : ` --to ${entry.version}`;
    context.stdout.write(
      `${heldOnlyText(messages, rulesets)}: \`aliaswatch rules rollback${again} --release-held\` delivers ${messages === 1 ? 'it' : 'them'}\n`,
    );
  }
}

/**
 * The change by which the rules are as they are wanted; null where they are to be changed now. Killed while it released,
 * a second run goes on; it does not take back one change more.
 */
async function alreadyBack(
  store: Pick<RuleSetStore, 'inForce' | 'history'>,
  { to, releaseHeld }: { readonly to: string | undefined; readonly releaseHeld: boolean },
): Promise<Activation | null> {
  const { active, candidate } = await store.inForce();
  const isThere = to === active && candidate === null;
  const mayGoOn = releaseHeld && to === undefined;
  if (active === null || !(isThere || mayGoOn)) return null;
  const history = await store.history(keptActivations);
  const [last = null] = history;
  if (last === null || !(isThere || isTakenBackLast(history))) return null;
  return last.version === active && last.via === 'rollback'
    ? last
    : (changeThatBegan(history, active) ?? last);
}

/** A set that was taken back itself, and brought back by its name, is as new as any: it may have to go again. */
function isTakenBackLast(history: readonly Activation[]): boolean {
  const [last] = history;
  return last?.via === 'rollback' && isGoneBackToAsProven(history, last);
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
  await recordDone(context, settings, {
    act: 'rules-rolled-back',
    subject: entry.version,
    reason: entry.reason,
    facts: { from: entry.previous },
  });
  return entry;
}

function outcomeText(
  { version, previous }: Activation,
  { changed, to }: { readonly changed: boolean; readonly to: string | undefined },
): string {
  if (changed)
    return `${version} is in force; ${previous ?? 'nothing'} is taken back, and a changed file does not bring it again`;
  const further = to === undefined ? ' (--to VERSION goes further back)' : '';
  return `${version} is in force already: nothing more is taken back${further}`;
}
