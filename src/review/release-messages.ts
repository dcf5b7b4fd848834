import type { HeldMessage } from '../quarantine/quarantine.ts';
import { releaseHeld, type ReleaseOutcome } from '../quarantine/release.ts';
import { aloneWithMessage } from './exclusively.ts';
import { recordAct } from './record-act.ts';
import type { Act, Effect } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import { teachUnlessAttack } from './teach.ts';
import { messageOf } from './watched-message.ts';

export type ReleaseOptions = {
  /** All of the envelope when absent. */
  readonly recipients?: readonly string[];
  readonly act: Act;
};

/** What became of the lesson of a message. */
type Learning = 'learned' | 'already' | 'nothing' | 'attack' | { readonly problem: string };

/**
 * Sends one held message on and learns from it once everybody has it; one at a time among all nodes, so that nobody gets
 * it twice. @throws QuarantineError
 */
export function releaseMessage(
  deps: ReviewDependencies,
  id: string,
  options: ReleaseOptions,
): Promise<Effect> {
  return aloneWithMessage(deps.store, id, () => release(deps, id, options));
}

async function release(
  deps: ReviewDependencies,
  id: string,
  { recipients, act }: ReleaseOptions,
): Promise<Effect> {
  const { quarantine, deliver, now } = deps;
  const held = await quarantine.find(id);
  if (held === null) return { message: id, outcome: 'missing', detail: 'no such message is held' };
  const outcome = await releaseHeld(quarantine, id, {
    ...(recipients === undefined ? {} : { recipients }),
    deliver,
    now: now(),
  });
  // That time has passed is nobody's word that a message is honest.
  const teaches = outcome.lesson !== null && act.by.via !== 'schedule';
  const learning = teaches ? await learn(deps, held, act) : 'nothing';
  const effect = effectOf(outcome, learning);
  const count = (wanted: string) =>
    outcome.recipients.filter((recipient) => recipient.outcome === wanted).length;
  if (effect.outcome !== 'already')
    await recordAct(deps, act, 'released', {
      subject: id,
      facts: {
        alias: held.alias,
        campaign: held.campaign,
        delivered: count('delivered'),
        refused: count('refused'),
        everybodyHasIt: outcome.allDelivered,
        learned: learning === 'learned',
      },
      personal: {
        recipients: outcome.recipients.map(({ recipient }) => recipient).join(', '),
        replies: outcome.recipients.map(({ reply }) => reply ?? '').join('\n'),
      },
    });
  return effect;
}

/** Mail that is delivered stays delivered, whatever becomes of its lesson. */
async function learn(
  deps: ReviewDependencies,
  { id, campaign, lesson }: HeldMessage,
  { id: act }: Act,
): Promise<Learning> {
  if (lesson === null) return 'nothing';
  try {
    const [seen = null] = await deps.store.read('message', [id]);
    const sightings = seen === null ? null : messageOf(seen).sightings;
    return await teachUnlessAttack(deps, campaign, { message: id, lesson, sightings, act });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function effectOf({ id, recipients, allDelivered }: ReleaseOutcome, learning: Learning): Effect {
  const having = (...wanted: readonly string[]) =>
    recipients.filter(({ outcome }) => wanted.includes(outcome));
  const missing = having('refused', 'not-in-envelope');
  const has = having('delivered', 'already-delivered').length;
  const isNews = having('delivered').length > 0 || learning === 'learned';
  const outcome =
    missing.length > 0 ? (has > 0 ? 'partly' : 'refused') : isNews ? 'done' : 'already';
  const sentences = [
    has > 0 ? `${has} of ${recipients.length} recipients have it` : 'nobody has it yet',
    ...missing.map(({ recipient, outcome: why, reply }) =>
      why === 'refused'
        ? `${recipient}: ${reply ?? 'no reply'}`
        : `${recipient} is not a recipient of it`,
    ),
    ...(missing.length === 0 && !allDelivered ? ['others of the message still wait'] : []),
    ...learningText(learning),
  ];
  return {
    message: id,
    outcome,
    detail: sentences.join('; '),
    recipients,
    learned: learning === 'learned',
  };
}

function learningText(learning: Learning): readonly string[] {
  if (typeof learning === 'object') return [`not learned: ${learning.problem}`];
  if (learning === 'learned') return ['its baseline has learned from it'];
  return learning === 'attack' ? ['not learned, since its campaign is a confirmed attack'] : [];
}
