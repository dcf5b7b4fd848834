import type { PolicyOverride } from './policy-override.ts';
import type { Warning } from './warning-policy.ts';

export type Mode = 'shadow' | 'tag' | 'enforce';
export type Action = 'pass' | 'tag' | 'quarantine' | 'defer' | 'reject';

/** More messages than this in a sliding hour are dealt with as `action` says, whatever they score. */
export type Ceiling = { readonly perHour: number; readonly action: 'tag' | 'defer' | 'quarantine' };

/** What is counted: the mail of the alias, of one actor on it, of an actor the alias never had before. */
export const limitKinds = ['alias', 'actor', 'newActor'] as const;
export type LimitKind = (typeof limitKinds)[number];
export type Ceilings = Readonly<Record<LimitKind, Ceiling | null>>;

/** False-positive budget of an action. */
export type Budget = {
  /**
   * Chance per honest message. Where `alertsPerDay` is given, the chance follows from it and this is the most it may be
   * until a day of mail has been counted.
   */
  readonly budget: number;
  /** Honest messages a day that may be flagged of all that is under this budget, or null. */
  readonly alertsPerDay: number | null;
  /** Null for the budget of the whole installation; else what the override that set it is for. */
  readonly scope: string | null;
  /** The least score, in bits. */
  readonly floorBits: number;
};

/** `rules/policy.yaml`: what follows from a score. */
export type Policy = {
  readonly mode: Mode;
  /** What `enforce` does with a verdict. */
  readonly actions: { readonly suspicious: Action; readonly anomalous: Action };
  readonly tag: Budget;
  /** Messages and days of matured history without which an alias that has no pack is not quarantined. */
  readonly quarantine: Budget &
    Maturity & {
      /** The same where the evidence includes a contact point. */
      readonly contactPoint: Maturity;
      /** Messages held within an hour beyond which mail is only tagged; null for no bound. Of the whole process. */
      readonly maxHeldPerHour: number | null;
    };
  readonly limits: Ceilings;
  readonly breaker: BreakerPolicy;
  readonly impersonation: { readonly action: Action };
  /** What recipients of tagged mail see in the message itself. */
  readonly warning: Warning;
  /** Per cause of `unavailable`: mail goes on, or the client keeps it (DESIGN 9). */
  readonly failOpen: Readonly<Record<FailureCause, 'relay' | 'defer'>>;
  /** Addresses or patterns watched without a pack. */
  readonly watch: readonly string[];
  readonly learning: {
    readonly windowDays: number;
    /** Fit the priors of `causes.yaml` to the aliases of this site. */
    readonly pooledPriors: boolean;
  };
  readonly activation: ActivationPolicy;
  /** How much scored mail is kept to try other rules on. */
  readonly backtest: BacktestPolicy;
  /** Other settings for some mail, in the order of the file (`effectivePolicy`). */
  readonly overrides: readonly PolicyOverride[];
};

/** How a change of these files comes into force. */
export type ActivationPolicy = {
  /** Changed files are taken by themselves. */
  readonly watchFiles: boolean;
  /** What such a set is first; `rules activate` says it itself. */
  readonly stage: 'enforce' | 'shadow' | 'canary';
  /** Of all messages, 0 to 1. */
  readonly canaryShare: number;
  /** What other rules must pass before they take effect. */
  readonly gate: GateLimits;
};

export type BacktestPolicy = {
  /** Messages of one alias, drawn at random from its last `days`; held ones come on top. */
  readonly perAlias: number;
  readonly days: number;
};

/** Shares are of scored mail, each alias by its traffic, 0 to 1. */
export type GateLimits = {
  readonly maxNewlyHeldShare: number;
  readonly maxNewlyTaggedShare: number;
  /** Kept messages below which nothing can be told. */
  readonly minVectors: number;
};

export type Maturity = { readonly minMessages: number; readonly minDays: number };

/** When flags on many aliases mean that something of ours broke (detection 2.10). */
export type BreakerPolicy = {
  readonly enabled: boolean;
  /** -log2 of the chance that so many aliases are flagged within the hour by coincidence. */
  readonly systemicBits: number;
  /** Minutes without such a pattern after which it closes. */
  readonly quietMinutes: number;
};

export const failureCauses = ['store', 'dns', 'malformed', 'limit', 'deadline', 'bug'] as const;
export type FailureCause = (typeof failureCauses)[number];
