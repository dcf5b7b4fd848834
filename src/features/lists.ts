/**
 * `rules/lists.yaml`, `rules/languages/*.yaml` and the file of popular domains: what an alias's own history cannot supply.
 * Domains are lower case. Phrases are folded words, one to three, single spaces between (see `phraseWords`).
 */
export type Lists = {
  /** Registrable (or private-suffix) domains where anybody may publish a page for nothing. */
  readonly freeHosting: ReadonlySet<string>;
  readonly urlShorteners: ReadonlySet<string>;
  /** Domains of mail for everybody: a Reply-To there is the mailbox, not the domain. */
  readonly freeMail: ReadonlySet<string>;
  /** Top-level domains that cost next to nothing. */
  readonly cheapTopLevelDomains: ReadonlySet<string>;
  /**
   * Language code, or `any`, → lure phrase → weight in bits: log2 of how much more often it stands in lures than in
   * honest notifications, 1 to 6.
   */
  readonly lureWords: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Language code → words by which the language is told: its function words, and its lure words of one word. */
  readonly commonWords: ReadonlyMap<string, ReadonlySet<string>>;
  /** Phrase that names a brand lures borrow → the brand's own registrable domains. */
  readonly brands: ReadonlyMap<string, readonly string[]>;
  /** How service desks and departments call themselves. */
  readonly deskWords: ReadonlySet<string>;
  /** Registrable domains that so many people visit that one more link to them says little. */
  readonly popularDomains: ReadonlySet<string>;
  /** Alias id or vendor (as a slug) → our own tenants and accounts there. */
  readonly ourActors: ReadonlyMap<string, readonly OurActor[]>;
  /** The operator's own sets, which conditions ask: name → entries in lower case. */
  readonly sets: ReadonlyMap<string, ReadonlySet<string>>;
};

export type OurActor = {
  /** Address, domain or tenant as written, lower case. */
  readonly address: string;
  /** Name as folded words; empty where it is an address or a domain. */
  readonly phrase: string;
};
