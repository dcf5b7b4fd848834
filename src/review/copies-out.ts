import type { Quarantine } from '../quarantine/quarantine.ts';
import type { CampaignMember } from './review.ts';

/** The messages that somebody has; of one that only some have, its recipients are those. @throws QuarantineError */
export async function copiesOut(
  members: readonly CampaignMember[],
  quarantine: Pick<Quarantine, 'find'>,
): Promise<readonly CampaignMember[]> {
  const out: CampaignMember[] = [];
  for (const member of members) {
    const copy = await copyOf(member, quarantine);
    if (copy.recipients.length > 0) out.push(copy);
  }
  return out;
}

async function copyOf(
  member: CampaignMember,
  quarantine: Pick<Quarantine, 'find'>,
): Promise<CampaignMember> {
  const { id, state, reply } = member;
  if (state !== 'held' && state !== 'deleted') return member;
  if (reply === '') return { ...member, recipients: [] };
  const { deliveries = [] } = (await quarantine.find(id)) ?? {};
  const recipients = deliveries
    .filter(({ delivered }) => delivered)
    .map(({ recipient }) => recipient);
  return { ...member, recipients };
}

/** Of copies: recipients that are not remembered by address. */
export function nameless(copies: readonly CampaignMember[]): number {
  return copies.reduce((sum, { moreRecipients = 0 }) => sum + moreRecipients, 0);
}
