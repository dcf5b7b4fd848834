import type { Settings } from '../../config/settings.ts';
import { allHeld } from '../../quarantine/all-held.ts';
import { QuarantineError } from '../../quarantine/quarantine-error.ts';
import type { Effect } from '../../review/review.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { existingQuarantine } from '../review/open-desk.ts';
import { printable } from '../text-table.ts';
import {
  releaseOnlyUnder,
  type HeldElsewhere,
  type ReleasedOnlyUnder,
} from './release-only-under.ts';

export type ToGiveBack = {
  /** Versions that were taken back. */
  readonly rulesets: readonly string[];
  /** Said with the reason of each release; '' or a colon and words. */
  readonly why: string;
  readonly json: boolean;
};

/** Delivers what was held only because of rules that were taken back, and says what became of it. */
export async function giveBack(
  context: CommandContext,
  settings: Settings,
  { rulesets, why, json }: ToGiveBack,
): Promise<void> {
  const onMessage = ({ message, outcome, detail }: Effect) => {
    if (json) printJson(context, { message, outcome, detail });
    else context.stdout.write(`${message} ${outcome}: ${printable(detail)}\n`);
  };
  const given = await releaseOnlyUnder(context, {
    ...{ settings, rulesets, onMessage },
    reasonFor: (ruleset) => `held only because of ruleset ${ruleset}, which was rolled back${why}`,
  });
  if (json) printJson(context, { rulesets, ...given });
  else context.stdout.write(`${outcomeText(given, rulesets).map(printable).join('\n')}\n`);
  const { stillHeld, elsewhere, interrupted } = given;
  if (stillHeld > 0 || elsewhere.length > 0 || interrupted) context.exit(exitCodes.failed);
}

function outcomeText(
  { released, stillHeld, elsewhere, interrupted }: ReleasedOnlyUnder,
  rulesets: readonly string[],
): readonly string[] {
  const because =
    rulesets.length === 0 ? '' : ` that were held only because of ${rulesets.join(', ')}`;
  const tried = `${released} messages${because} are released, ${stillHeld} are still held${stillHeld > 0 ? ': run this again once the reason is gone' : ''}`;
  const places = elsewhere.map(placeText).join(', ');
  return [
    tried,
    ...(places === '' ? [] : [`not readable here: ${places}; run the same command there`]),
    ...(interrupted ? ['stopped before all were tried: run this again'] : []),
  ];
}

function placeText({ quarantine, hosts, messages }: HeldElsewhere): string {
  const where =
    hosts.length > 0
      ? hosts.join(' and ')
      : `a node whose gateway does not run (quarantine ${quarantine})`;
  return `${messages} held on ${where}`;
}

/** How much is held only because of some rules, for a person. */
export function heldOnlyText(messages: number, rulesets: readonly string[]): string {
  const many = messages === 1 ? '1 message is' : `${messages} messages are`;
  return `${many} held only because of ${rulesets.join(', ')}`;
}

/** Messages that somebody waits for; 0 where there is no quarantine. */
export async function countHeldOnlyUnder(
  context: CommandContext,
  settings: Settings,
  rulesets: readonly string[],
): Promise<number> {
  if (rulesets.length === 0) return 0;
  try {
    await using quarantine = await existingQuarantine(context, settings);
    let messages = 0;
    for (const ruleset of rulesets)
      for await (const { onlyUnder } of allHeld(quarantine, { state: 'held', onlyUnder: ruleset }))
        if (onlyUnder === ruleset) messages++;
    return messages;
  } catch (error) {
    if (error instanceof CommandFailure || error instanceof QuarantineError) return 0;
    throw error;
  }
}
