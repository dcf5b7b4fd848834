import { oneLine } from '../message/one-line.ts';
import type { Incident, IncidentMember, KeptMessage } from './incident.ts';

/** One thing that happened, for a person. */
export type Happening = {
  /** ISO 8601. */
  readonly at: string;
  readonly what: string;
  /** Message or campaign id. */
  readonly subject: string;
  readonly detail: string;
  /** Who did it; empty for mail that arrived. */
  readonly by: string;
  /** Record of the audit log, or ''. */
  readonly record: string;
};

/** What arrived and what was done about it, oldest first; no recipient is named. */
export function timelineOf({ members, records }: Incident): readonly Happening[] {
  const arrived = members.map(({ at, id, messageId, state }): Happening => ({
    at,
    what: 'received',
    subject: id,
    detail: `${messageId} (${state})`,
    by: '',
    record: '',
  }));
  const done = records.map(({ id, at, act, actor, subject, reason, personal }): Happening => ({
    at,
    what: act,
    subject,
    // Whose address an operator wrote there is nobody's business outside.
    detail: Object.hasOwn(personal, 'reason') ? '(left out: it names an address)' : reason,
    by: actor.kind === 'recipient' ? 'a recipient' : actor.name,
    record: id,
  }));
  return [...arrived, ...done].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Why a message was held, and whom we had it from; without its recipients. */
export function evidenceOf({ held }: KeptMessage): object {
  const { envelope, deliveries, ...facts } = held;
  const { mailFrom, rcptTo } = envelope;
  return {
    ...facts,
    mailFrom,
    recipients: rcptTo.length,
    delivered: deliveries.filter(({ delivered }) => delivered).length,
  };
}

export function memberEvidence({ recipients, ...member }: IncidentMember): object {
  return { ...member, recipients: recipients.length };
}

export type ReadmeFacts = {
  readonly incident: Incident;
  readonly version: string;
  readonly hostname: string;
  readonly reports: number;
  readonly at: Date;
};

export function readmeOf({ incident, version, hostname, reports, at }: ReadmeFacts): string {
  const { id, about, members, kept } = incident;
  return `Incident ${id}
${oneLine(about, 1000)}

Exported ${at.toISOString()} by Aliaswatch ${version} on ${hostname}.
${members.length} messages were seen, ${kept.length} of them are in here.

messages/          messages as they were received, below header fields of ours (X-Aliaswatch-*, Received,
                   Authentication-Results). They are attacks: open them with care. Their To fields name recipients.
evidence/          for each message why it was held: score, terms in bits (log2 likelihood ratio), sender
members.json       all messages of the incident, also those that were delivered
timeline.json      what arrived and what was done about it; \`record\` is a record of our audit log
indicators.csv     link domains, telephone numbers, wallets, answer addresses, SHA-256 hashes; the vendor's own are left out
indicators.json    the same as STIX 2.1, but for numbers and wallets
${reports === 0 ? '' : 'abuse-reports/     reports for the abuse desk of the vendor (ARF, RFC 5965), ready to be sent, each with its message\n'}MANIFEST.sha256    checksums; \`sha256sum --check MANIFEST.sha256\` in this directory verifies them
`;
}
