/** `rules/lists.yaml`: named sets that history cannot supply. All entries lower case. */
export type Lists = {
  /** Registrable (or private-suffix) domains where anybody may publish a page for nothing. */
  readonly freeHosting: ReadonlySet<string>;
  readonly urlShorteners: ReadonlySet<string>;
  /** Domains of mail for everybody: a Reply-To there is the mailbox, not the domain. */
  readonly freeMail: ReadonlySet<string>;
  /** Top-level domains that cost next to nothing. */
  readonly cheapTopLevelDomains: ReadonlySet<string>;
  /**
   * Folded lure word or phrase (up to 3 words, single spaces) → weight in bits: log2 of how much more often it stands
   * in lures than in honest notifications, 1 to 6. All languages in one map; the file groups them by language.
   */
  readonly lureWords: ReadonlyMap<string, number>;
};
