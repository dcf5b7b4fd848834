import { csvText } from '../../incident/csv.ts';
import type { CampaignMember } from '../../review/review.ts';
import { queueIdIn } from '../../smtp/queue-id.ts';

/** One line per message and recipient, for scripts that search mailboxes. */
export function csvOf(members: readonly CampaignMember[]): string {
  const rows = members.flatMap((member) =>
    member.recipients.map((recipient) => [
      recipient,
      member.messageId,
      member.at,
      queueIdIn(member.reply),
      member.from,
      member.subject,
      member.state,
      member.id,
    ]),
  );
  const head = ['recipient', 'message_id', 'at', 'queue_id', 'from', 'subject', 'state', 'id'];
  return csvText(head, rows);
}
