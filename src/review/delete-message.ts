import { aloneWithMessage } from './exclusively.ts';
import { recordAct } from './record-act.ts';
import type { Act, Effect } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';

/** Puts one held message into the bin, not while somebody releases it. @throws QuarantineError */
export function deleteMessage(deps: ReviewDependencies, id: string, act: Act): Promise<Effect> {
  return aloneWithMessage(deps.store, id, () => toBin(deps, id, act));
}

/** Takes one message out of the bin again. @throws QuarantineError */
export function restoreMessage(deps: ReviewDependencies, id: string): Promise<Effect> {
  return aloneWithMessage(deps.store, id, () => outOfBin(deps, id));
}

async function toBin(deps: ReviewDependencies, id: string, act: Act): Promise<Effect> {
  const { quarantine, now } = deps;
  const before = await quarantine.find(id);
  if (before === null)
    return { message: id, outcome: 'missing', detail: 'no such message is held' };
  if (before.state === 'deleted')
    return { message: id, outcome: 'already', detail: 'it is in the bin' };
  const at = now();
  const after = await quarantine.delete(id, at);
  if (after.state !== 'deleted')
    return { message: id, outcome: 'refused', detail: 'everybody has it already' };
  if (after.closedAt !== at.toISOString())
    return { message: id, outcome: 'already', detail: 'somebody else put it into the bin' };
  await recordAct(deps, act, 'deleted', {
    subject: id,
    facts: { alias: before.alias, campaign: before.campaign },
    personal: { recipients: before.envelope.rcptTo.join(', '), subject: before.subject },
  });
  return { message: id, outcome: 'done', detail: 'it is in the bin, and may be taken out again' };
}

async function outOfBin({ quarantine, now }: ReviewDependencies, id: string): Promise<Effect> {
  const before = await quarantine.find(id);
  if (before === null)
    return { message: id, outcome: 'missing', detail: 'it is not in the bin any more' };
  if (before.state !== 'deleted')
    return { message: id, outcome: 'already', detail: 'it is not in the bin' };
  await quarantine.restore(id, now());
  return { message: id, outcome: 'done', detail: 'it is held again' };
}
