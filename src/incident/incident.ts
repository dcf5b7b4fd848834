import type { RecordedAct } from '../audit/read-audit.ts';
import type { HeldMessage } from '../quarantine/quarantine.ts';
import type { CampaignMember } from '../review/review.ts';
import type { Content } from '../smtp/content.ts';

/** One message of an incident, held or delivered. */
export type IncidentMember = Omit<CampaignMember, 'state'> & { readonly state: string };

/** A message whose bytes we have. */
export type KeptMessage = {
  readonly held: Omit<HeldMessage, 'lesson'>;
  /** Our header fields and the received bytes. */
  readonly content: Content;
};

/** What is handed to somebody outside: one attack, or one message. */
export type Incident = {
  /** Campaign or message id. */
  readonly id: string;
  /** What its messages share, or the subject; for a person. */
  readonly about: string;
  /** Oldest first. */
  readonly members: readonly IncidentMember[];
  readonly kept: readonly KeptMessage[];
  /** What is on record about it, oldest first. */
  readonly records: readonly RecordedAct[];
};
