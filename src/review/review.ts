import type { HeldSummary } from '../quarantine/quarantine.ts';

/** Somebody who decides about mail, or the proxy by its settings; what one may do is settled before anything here is called. */
export type Reviewer = {
  readonly kind: 'operator' | 'recipient' | 'proxy';
  readonly name: string;
  readonly via: 'command' | 'console' | 'api' | 'link' | 'schedule';
};

/** Which held messages. Every condition must hold; absent ones do not restrict. */
export type HeldFilter = {
  /** `held` when absent. */
  readonly state?: 'held' | 'released' | 'deleted' | 'any';
  readonly alias?: string;
  readonly campaign?: string;
  /** Address of the envelope; its domain, as `recipientDomain`, in U-labels or A-labels (RFC 5890). */
  readonly recipient?: string;
  readonly recipientDomain?: string;
  /** Version of the rules without which it would not be held. */
  readonly onlyUnder?: string;
  /** Words of subject, From or reason; case does not matter. */
  readonly text?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly until?: string;
};

export type PageRequest = {
  /** 1 to 500. */
  readonly limit: number;
  /** `next` of the page before; from the newest when absent. */
  readonly after?: string;
};

export type HeldPage = {
  /** Newest first. */
  readonly messages: readonly HeldSummary[];
  /** For the page after this one, or null. */
  readonly next: string | null;
  /** Of all pages. */
  readonly total: number;
};

/** Where an act reaches. */
export type Target =
  | { readonly message: string }
  | { readonly messages: readonly string[] }
  | { readonly campaign: string };

/** What one act did to one message. */
export type Effect = {
  readonly message: string;
  readonly outcome: 'done' | 'partly' | 'already' | 'refused' | 'missing';
  /** One sentence for a person; the next hop's reply where it refused. */
  readonly detail: string;
  /** Of a release: what became of each recipient, with the next hop's last reply. */
  readonly recipients?: readonly {
    readonly recipient: string;
    readonly outcome: 'delivered' | 'already-delivered' | 'refused' | 'not-in-envelope';
    readonly reply: string | null;
  }[];
  /** Of a release: the baseline learned from it. */
  readonly learned?: boolean;
  /** Of a notification. */
  readonly told?: Told;
};

export type Whom = 'recipients' | 'admins';

/** How far word of an attack goes. */
export type Told = {
  readonly to: Whom;
  /** Who has a copy, or the administrators. */
  readonly people: number;
  /** Those of them who hear of something new; the others were told before. */
  readonly news: number;
  /** Messages that somebody has. */
  readonly messages: number;
  /** Recipients who have it and cannot be told: their addresses are not remembered. */
  readonly nameless: number;
  /** Somebody confirmed that it is an attack. */
  readonly confirmed: boolean;
};

export type Notifying = Told & {
  /** What one of them would be sent. */
  readonly notice: { readonly to: string; readonly subject: string; readonly text: string };
};

/** A decision of a reviewer, kept for good; `undone` names who took it back. */
export type Act = {
  /** 20 characters `[0-9a-z]`. */
  readonly id: string;
  readonly kind:
    | 'release'
    | 'delete'
    | 'confirm-attack'
    | 'approve-value'
    | 'approve-message'
    | 'notify'
    | 'undo';
  readonly by: Reviewer;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
  /** Message or campaign id, or `alias value`. */
  readonly subject: string;
  readonly effects: readonly Effect[];
  /** Id of the act that took this one back, or null. */
  readonly undoneBy: string | null;
};

export type Approval = {
  readonly alias: string;
  /** Name of the value's table (`domain`, `phone`, …), and the value. */
  readonly table: string;
  readonly value: string;
  readonly by: Reviewer;
  readonly at: string;
  /** ISO 8601; past it the approval no longer counts. */
  readonly expiresAt: string;
  readonly reason: string;
};

/** One message of a campaign, held or delivered; also the copies that passed before the first flag. */
export type CampaignMember = {
  readonly id: string;
  readonly at: string;
  readonly alias: string;
  readonly messageId: string;
  readonly from: string;
  readonly subject: string;
  readonly recipients: readonly string[];
  /** How many more it had than are remembered by address; none when absent. */
  readonly moreRecipients?: number;
  readonly scoreBits: number;
  readonly state: 'held' | 'released' | 'deleted' | 'delivered-tagged' | 'delivered-before-flag';
  /** The next hop's final reply, which names its queue id; empty while held. */
  readonly reply: string;
};

export type CampaignSummary = {
  readonly id: string;
  /** Value or wording that its members share, for a person. */
  readonly about: string;
  readonly aliases: readonly string[];
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly members: number;
  readonly held: number;
  readonly confirmed: boolean;
};

/** Which messages of watched aliases, of those that passed or were held within 14 days. Absent conditions do not restrict. */
export type MessageFilter = {
  readonly id?: string;
  /** With or without angle brackets. */
  readonly messageId?: string;
  readonly recipient?: string;
  readonly alias?: string;
  readonly campaign?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly until?: string;
};

export type MessageFound = Omit<CampaignMember, 'state'> & {
  readonly state: CampaignMember['state'] | 'delivered';
  readonly verdict: string;
  /** Id of its campaign, or ''. */
  readonly campaign: string;
  /** `approveMessage` would learn from it. */
  readonly isApprovable: boolean;
};

export type MessagePage = {
  /** Newest first. */
  readonly messages: readonly MessageFound[];
  /** For the page after this one, or null. */
  readonly next: string | null;
};

/**
 * Everything a person may do with mail that was held or tagged. Command line, console, HTTP API and signed links call
 * this and nothing else; each act is on the audit log before it is answered.
 */
export interface Review {
  list(filter: HeldFilter, page: PageRequest): Promise<HeldPage>;
  campaigns(page: PageRequest): Promise<readonly CampaignSummary[]>;
  /** Null where nobody remembers it. */
  campaign(id: string): Promise<{
    readonly summary: CampaignSummary;
    readonly members: readonly CampaignMember[];
  } | null>;
  /** Watched mail that passed or was held. */
  messages(filter: MessageFilter, page: PageRequest): Promise<MessagePage>;
  /** Through the next hop, to recipients of the envelope only; what was refused stays held and may be tried again. */
  release(
    target: Target,
    by: Reviewer,
    options: { readonly reason: string; readonly recipients?: readonly string[] },
  ): Promise<Act>;
  /** The bytes stay in the store's bin until they are purged, so that it can be undone. */
  delete(target: Target, by: Reviewer, options: { readonly reason: string }): Promise<Act>;
  /** Nothing of the campaign is learned, now or later, and its values count against every alias. */
  confirmAttack(target: Target, by: Reviewer, options: { readonly reason: string }): Promise<Act>;
  /** @throws when the value is not one that the alias can carry. */
  approveValue(
    value: Pick<Approval, 'alias' | 'table' | 'value'> & { readonly days?: number },
    by: Reviewer,
    options: { readonly reason: string },
  ): Promise<Act>;
  /** Mail that was tagged and delivered was all right: it is learned now. */
  approveMessage(id: string, by: Reviewer, options: { readonly reason: string }): Promise<Act>;
  /**
   * Tells those who have a copy of a campaign, or the administrators, that it was an attack; nobody hears of the same
   * message twice. @throws Error in one sentence where nobody can be told.
   */
  notify(
    campaign: string,
    by: Reviewer,
    options: { readonly to: Whom; readonly reason: string },
  ): Promise<Act>;
  /** What `notify` would do now; changes nothing. @throws as that does. */
  notifying(campaign: string, to: Whom): Promise<Notifying>;
  undo(act: string, by: Reviewer, options: { readonly reason: string }): Promise<Act>;
  /** Newest first. */
  acts(page: PageRequest): Promise<readonly Act[]>;
  approvals(alias: string | null): Promise<readonly Approval[]>;
}
