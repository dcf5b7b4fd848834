export type Mode = 'shadow' | 'tag' | 'enforce';
export type Action = 'pass' | 'tag' | 'quarantine' | 'defer' | 'reject';

/** Mode for the mail of some recipients. Domains in lower case, as A-labels, without those below them. */
export type RecipientDomains = { readonly domains: readonly string[]; readonly mode: Mode };

/** `rules/policy.yaml`: what follows from a score. */
export type Policy = {
  readonly mode: Mode;
  /** Overrides of `mode`; no domain stands in two of them. */
  readonly recipientDomains: readonly RecipientDomains[];
  /** What `enforce` does with a verdict. */
  readonly actions: { readonly suspicious: Action; readonly anomalous: Action };
  /** Chance per honest message of being tagged, of being quarantined; and the least score, in bits, for each. */
  readonly tag: { readonly budget: number; readonly floorBits: number };
  readonly quarantine: {
    readonly budget: number;
    readonly floorBits: number;
    /** Messages and days of matured history without which an alias that has no pack is not quarantined. */
    readonly minMessages: number;
    readonly minDays: number;
  };
  readonly impersonation: { readonly action: Action };
  /** Per cause of `unavailable`: mail goes on, or the client keeps it (DESIGN 9). */
  readonly failOpen: Readonly<Record<FailureCause, 'relay' | 'defer'>>;
  /** Addresses or patterns watched without a pack. */
  readonly watch: readonly string[];
  readonly learning: { readonly windowDays: number };
};

export const failureCauses = ['store', 'dns', 'malformed', 'limit', 'deadline', 'bug'] as const;
export type FailureCause = (typeof failureCauses)[number];
