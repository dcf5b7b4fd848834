import type { Quarantine } from '../../quarantine/quarantine.ts';
import type { CampaignMember } from '../../review/review.ts';

/** The messages that somebody has; of one that only some have, its recipients are those. @throws QuarantineError */
export async function copiesOut(
  members: readonly CampaignMember[],
  quarantine: Pick<Quarantine, 'find'>,
): Promise<readonly CampaignMember[]> {
  const out: CampaignMember[] = [];
  for (const member of members) {
    const recipients = await recipientsWithIt(member, quarantine);
    if (recipients.length > 0) out.push({ ...member, recipients });
  }
  return out;
}

async function recipientsWithIt(
  { id, state, reply, recipients }: CampaignMember,
  quarantine: Pick<Quarantine, 'find'>,
): Promise<readonly string[]> {
  if (state !== 'held' && state !== 'deleted') return recipients;
  if (reply === '') return [];
  const { deliveries = [] } = (await quarantine.find(id)) ?? {};
  return deliveries.filter(({ delivered }) => delivered).map(({ recipient }) => recipient);
}
