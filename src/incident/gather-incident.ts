import type { AuditReader } from '../audit/read-audit.ts';
import { QuarantineError } from '../quarantine/quarantine-error.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import type { Review } from '../review/review.ts';
import type { Incident, IncidentMember, KeptMessage } from './incident.ts';

export type IncidentSources = {
  readonly review: Pick<Review, 'campaign' | 'messages'>;
  readonly quarantine: Pick<Quarantine, 'find' | 'read'>;
  readonly audit: AuditReader;
};

const mostRecords = 10_000;

/** Everything that is known of a campaign or of one message; null where nobody remembers it. */
export async function gatherIncident(
  id: string,
  sources: IncidentSources,
): Promise<Incident | null> {
  const found = /^[0-9a-z]{20}$/.test(id)
    ? await oneMessage(id, sources)
    : await wholeCampaign(id, sources);
  if (found === null) return null;
  const kept: KeptMessage[] = [];
  for (const member of found.members) {
    const message = await keptMessage(member.id, sources);
    if (message !== null) kept.push(message);
  }
  const about = new Set([id, ...found.members.map((member) => member.id)]);
  const records = await sources.audit.list({ about }, mostRecords);
  return { id, ...found, kept, records: records.toReversed() };
}

type Found = Pick<Incident, 'about' | 'members'>;

async function wholeCampaign(id: string, { review }: IncidentSources): Promise<Found | null> {
  const campaign = await review.campaign(id);
  if (campaign === null) return null;
  const members = [...campaign.members].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return { about: campaign.summary.about, members };
}

async function oneMessage(
  id: string,
  { review, quarantine }: IncidentSources,
): Promise<Found | null> {
  const [message] = (await review.messages({ id }, { limit: 1 })).messages;
  if (message !== undefined) return { about: message.subject, members: [message] };
  // Held for longer than passed mail is remembered.
  const held = await quarantine.find(id);
  if (held === null) return null;
  const { heldAt, alias, messageId, from, subject, envelope, scoreBits, state } = held;
  const member: IncidentMember = {
    id,
    at: heldAt,
    alias,
    messageId,
    from,
    subject,
    recipients: envelope.rcptTo,
    scoreBits,
    state,
    reply: '',
  };
  return { about: subject, members: [member] };
}

/** Null for mail that was never held, or was purged. */
async function keptMessage(
  id: string,
  { quarantine }: IncidentSources,
): Promise<KeptMessage | null> {
  try {
    const found = await quarantine.find(id);
    if (found === null) return null;
    // What a message teaches holds pseudonyms of its recipients.
    const held: KeptMessage['held'] & { lesson?: unknown } = { ...found };
    delete held.lesson;
    return { held, content: await quarantine.read(id) };
  } catch (error) {
    if (error instanceof QuarantineError && error.problem === 'missing') return null;
    throw error;
  }
}
