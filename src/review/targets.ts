import { allHeld } from '../quarantine/all-held.ts';
import { QuarantineError } from '../quarantine/quarantine-error.ts';
import type { Effect, HeldFilter, Target } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';

/** The messages that a target names; of a campaign those in one of the states. */
export async function messagesOf(
  { quarantine }: Pick<ReviewDependencies, 'quarantine'>,
  target: Target,
  filter: Omit<HeldFilter, 'campaign'> = {},
): Promise<readonly string[]> {
  if ('message' in target) return [target.message];
  if ('messages' in target) return [...new Set(target.messages)];
  const found = allHeld(quarantine, { ...filter, campaign: target.campaign });
  return Array.fromAsync(found, ({ id }) => id);
}

export function subjectOf(target: Target): string {
  if ('message' in target) return target.message;
  if ('campaign' in target) return target.campaign;
  return target.messages.length === 1
    ? (target.messages[0] ?? '')
    : `${target.messages.length} messages`;
}

/** How many messages are sent on at the same time. */
const atOnce = 4;

/** Does something to each message, some at a time; what one of them throws is its effect alone. In the order of the ids. */
export async function eachMessage(
  ids: readonly string[],
  work: (id: string) => Promise<Effect>,
): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    // Nothing is left under way behind the back of who is told of a failure.
    const settled = await Promise.allSettled(
      some.map((id) => work(id).catch((error: unknown) => failedEffect(id, error))),
    );
    for (const result of settled) {
      if (result.status === 'rejected') throw result.reason;
      effects.push(result.value);
    }
  }
  return effects;
}

/** @throws what is not about this message alone. */
function failedEffect(message: string, error: unknown): Effect {
  if (!(error instanceof QuarantineError)) throw error;
  const isMissing = error.problem === 'missing' || error.problem === 'invalid-id';
  const detail = isMissing ? 'no such message is held' : error.message;
  return { message, outcome: isMissing ? 'missing' : 'refused', detail };
}
