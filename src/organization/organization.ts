/**
 * What an alias alone cannot know, the organization does (DESIGN 7): ledgers over all mail that passes, not only over
 * that of watched aliases. All values are lower case; a person's address is a keyed hash.
 */

/** What is asked of the ledgers for one message of a watched alias; at most 200 values of each kind. */
export type OrganizationRequest = {
  readonly at: Date;
  /** The watched alias that is asking. */
  readonly alias: string;
  /** Registrable domains of links, bare domains and mail addresses in the message. */
  readonly domains: readonly string[];
  /** Reply-To identities (`mailIdentity`): a mailbox at a freemail provider, else the registrable domain. */
  readonly correspondents: readonly string[];
  /** `table value` of what the alias has not established: contact points, link domains, Reply-To identities. */
  readonly fresh: readonly string[];
};

/** How well one domain or correspondent is known here. */
export type Acquaintance = {
  /** Distinct matured days on which mail here showed it. */
  readonly days: number;
  /** Distinct senders (From organizations) that showed it, estimated; saturates near 30. */
  readonly senders: number;
  /** We wrote there ourselves (`learn --outbound`, or outbound mail that passes). */
  readonly written: boolean;
};

/** The answer; what is not in a map was never seen here. */
export type OrganizationView = {
  /** Distinct matured days of mail in the ledgers; below 14, nobody is a stranger yet. */
  readonly days: number;
  readonly domains: ReadonlyMap<string, Acquaintance>;
  readonly correspondents: ReadonlyMap<string, Acquaintance>;
  /** `table value` → other watched aliases that carried it unestablished within the last 7 days. */
  readonly elsewhere: ReadonlyMap<string, number>;
};

/** Days of ledgers before their silence means anything. */
export const organizationStartUpDays = 14;
