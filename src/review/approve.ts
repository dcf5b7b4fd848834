import {
  approvalId,
  approvalOf,
  defaultApprovalDays,
  mostApprovalDays,
  storedApproval,
  type ApprovalRecord,
} from './approval-record.ts';
import { approvableValue } from './approvable-value.ts';
import { recordAct } from './record-act.ts';
import type { Act, Approval, Effect } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import { teachUnlessAttack } from './teach.ts';
import { messageOf } from './watched-message.ts';

export type ValueToApprove = Pick<Approval, 'alias' | 'table' | 'value'> & {
  readonly days?: number;
};

/** As baselines know it. @throws Error in one sentence for what the alias cannot carry. */
export function readApproval(
  { rules }: Pick<ReviewDependencies, 'rules'>,
  { alias, table, value, days = defaultApprovalDays }: ValueToApprove,
): Required<ValueToApprove> {
  const { catalogue, lists } = rules();
  if (!catalogue.aliases.some(({ id }) => id === alias))
    throw new Error(`no alias is called \`${alias}\`: \`aliaswatch alias list\` shows the ids`);
  if (!Number.isInteger(days) || days < 1 || days > mostApprovalDays)
    throw new Error(`an approval is for 1 to ${mostApprovalDays} days`);
  return { alias, ...approvableValue({ table, value }, lists), days };
}

/** A value counts like an established one on this alias; gives what it replaced. */
export async function approveValue(
  deps: ReviewDependencies,
  { alias, table, value, days }: Required<ValueToApprove>,
  act: Act,
): Promise<ApprovalRecord | null> {
  const { by, at, reason } = act;
  const expiresAt = new Date(Date.parse(at) + days * 86_400_000).toISOString();
  const approval = { alias, table, value, by, at, expiresAt, reason, act: act.id };
  let replaced: ApprovalRecord | null = null;
  await deps.store.change('approval', approvalId(approval), (found) => {
    replaced = found === null ? null : approvalOf(found);
    return storedApproval(approval);
  });
  await deps.onChange?.();
  await recordAct(deps, act, 'value-approved', {
    facts: { alias, table, days },
    personal: { value },
  });
  return replaced;
}

/** Takes back the approval that an act gave: what it replaced is in force again, and a later one stays. */
export async function disapproveValue(
  deps: ReviewDependencies,
  { approval, act }: { readonly approval: string; readonly act: string },
  replaced: ApprovalRecord | null,
): Promise<Effect> {
  const after = await deps.store.change('approval', approval, (found) => {
    if (found === null || approvalOf(found).act !== act) return found;
    return replaced === null ? null : storedApproval(replaced);
  });
  await deps.onChange?.();
  const detail = after === null ? 'approved no more' : 'another approval is in force';
  return { message: approval, outcome: 'done', detail };
}

/** Tagged mail that was delivered was all right: it is learned now. */
export async function approveMessage(
  deps: ReviewDependencies,
  id: string,
  act: Act,
): Promise<Effect> {
  const [record = null] = await deps.store.read('message', [id]);
  const missing = { message: id, outcome: 'missing' } as const;
  if (record === null) return { ...missing, detail: 'nobody remembers this message' };
  const message = messageOf(record);
  const { campaign, lesson, sightings, isHeld } = message;
  const refused = { message: id, outcome: 'refused' } as const;
  if (isHeld) return { ...refused, detail: 'it was held: release it' };
  if (lesson === null)
    return { ...refused, detail: 'it was not tagged, or there is nothing to learn from it' };
  const given = { message: id, lesson, sightings, act: act.id };
  const learning = await teachUnlessAttack(deps, campaign, given);
  if (learning === 'attack')
    return { ...refused, detail: 'it is of a confirmed attack: undo that first' };
  if (learning === 'already')
    return { message: id, outcome: 'already', detail: 'it was learned before' };
  await recordAct(deps, act, 'message-approved', {
    facts: { alias: message.alias, campaign },
    personal: { subject: message.subject, recipients: message.recipients.join(', ') },
  });
  return { message: id, outcome: 'done', detail: 'its baseline has learned from it' };
}
