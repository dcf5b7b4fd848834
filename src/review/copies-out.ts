import { allHeld } from '../quarantine/all-held.ts';
import type { HeldSummary, Quarantine } from '../quarantine/quarantine.ts';
import type { CampaignMember } from './review.ts';

/** The messages that somebody has; of one that only some have, its recipients are those. @throws QuarantineError */
export async function copiesOut(
  { id: campaign, members }: { readonly id: string; readonly members: readonly CampaignMember[] },
  quarantine: Pick<Quarantine, 'list'>,
): Promise<readonly CampaignMember[]> {
  // As its list has them: that has those of other nodes as well.
  const held = members.some(isInPart)
    ? await Array.fromAsync(allHeld(quarantine, { campaign, state: 'any' }))
    : [];
  const heldById = new Map(held.map((summary) => [summary.id, summary]));
  return members
    .map((member) => copyOf(member, heldById.get(member.id)))
    .filter(({ recipients }) => recipients.length > 0);
}

/** Kept, and yet somebody may have it. */
function isInPart({ state, reply }: CampaignMember): boolean {
  return (state === 'held' || state === 'deleted') && reply !== '';
}

function copyOf(member: CampaignMember, held: HeldSummary | undefined): CampaignMember {
  if (member.state !== 'held' && member.state !== 'deleted') return member;
  const deliveries = isInPart(member) ? (held?.deliveries ?? []) : [];
  const recipients = deliveries
    .filter(({ delivered }) => delivered)
    .map(({ recipient }) => recipient);
  return { ...member, recipients };
}

/** Of copies: recipients that are not remembered by address. */
export function nameless(copies: readonly CampaignMember[]): number {
  return copies.reduce((sum, { moreRecipients = 0 }) => sum + moreRecipients, 0);
}
