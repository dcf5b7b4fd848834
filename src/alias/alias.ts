/** What mail is for, in the words of packs. */
export const mailFunctions = ['otp', 'security', 'billing', 'share', 'marketing'] as const;
export type MailFunction = (typeof mailFunctions)[number];

/** Subject of one kind of the vendor's mail; what stands in braces is a slot: `{tenant} verification code`. */
export type SubjectTemplate = { readonly function: MailFunction; readonly subject: string };

/**
 * What a vendor pack says of an alias before any history exists. Every list is a prior: it adds established values or
 * pseudo-counts, and learned history outweighs it.
 */
export type Pack = {
  /** Registrable domains the vendor's own links, addresses and images use. */
  readonly linkDomains: readonly string[];
  /** The vendor's own telephone numbers, E.164. */
  readonly phones: readonly string[];
  /** Registrable domains of the vendor's own Reply-To addresses. */
  readonly replyToDomains: readonly string[];
  /** Organizational domains of the vendor's MAIL FROM. */
  readonly bounceDomains: readonly string[];
  /** Signals that honest mail of this alias often shows because customers fill the slot (rate 0.3 of 200). */
  readonly open: readonly string[];
  /** Signals that honest mail of this alias never shows (rate 0 of 200). */
  readonly closed: readonly string[];
  /** Where the text of a third party stands, for people. */
  readonly slots: readonly string[];
  /** What this mail is for; empty where unknown. */
  readonly functions: readonly MailFunction[];
  /** Kinds of mail that their subject tells apart. */
  readonly templates: readonly SubjectTemplate[];
  /** Masked hashes (as in table `line`) of sentences the vendor publishes as its own. */
  readonly boilerplate: readonly string[];
  /** The vendor's own way in, which a warning names instead of the message's links. Empty where unknown. */
  readonly verifyAt: string;
};

/** One watched sender: an address, or a pattern over a vendor's addresses, with one baseline. */
export type Alias = {
  /** Stable slug, `[a-z0-9-]`; a label of metrics. */
  readonly id: string;
  readonly vendor: string;
  /** Where the vendor takes reports of abuse; absent where it publishes none. */
  readonly abuse?: string;
  /** `local@domain`, or with `*` as the whole local part and/or as leading labels: `*@docusign.net`, `*@*.zendesk.com`. */
  readonly addresses: readonly string[];
  /** Domains whose passing DKIM signature makes a message this alias's. Never empty. */
  readonly dkimDomains: readonly string[];
  /** An SPF-aligned pass suffices to learn from a message (vendors that do not sign). */
  readonly spfIsEnough: boolean;
  /**
   * Who fills the mail: `slots`, somebody named in slots of the vendor's mail; `tenant`, whoever holds the place in the
   * address that the pattern leaves open (`tenantOf`).
   */
  readonly actor: 'slots' | 'tenant';
  /** Null for an alias that is watched by policy alone. */
  readonly pack: Pack | null;
};
