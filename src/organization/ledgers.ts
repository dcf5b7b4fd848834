import type { OrganizationRequest, OrganizationView } from './organization.ts';

/** What is remembered of the organization's mail, by kind of value. */
export const ledgerNames = ['domain', 'correspondent', 'carried'] as const;

/**
 * `domain`: link domains and who showed them; `correspondent`: who writes to us and whom we wrote to; `carried`: values
 * that watched aliases had not made their own, and on which of them they stood.
 */
export type LedgerName = (typeof ledgerNames)[number];

/** What one message adds. Values are as messages have them; what names a person is hashed before it is stored. */
export type Sightings = {
  /** Day of receipt (day number, UTC). */
  readonly day: number;
  /** From organization, of authenticated mail alone; empty where the message teaches nothing of domains. */
  readonly sender: string;
  /** Registrable domains of links. */
  readonly domains: readonly string[];
  /** From and Reply-To identities (`mailIdentity`). */
  readonly correspondents: readonly string[];
  /** Identities that we wrote to. */
  readonly written: readonly string[];
  /** What a watched alias carried without having established it, as `table value`; null for other mail. */
  readonly carried: { readonly alias: string; readonly values: readonly string[] } | null;
};

/** One value as the ledgers know it, for people. Days are ISO 8601 dates. */
export type RememberedValue = {
  readonly ledger: LedgerName;
  readonly firstDay: string;
  readonly lastDay: string;
  /** Distinct days, those that have not matured yet among them. */
  readonly days: number;
  /** Distinct senders, estimated; 0 in ledger `carried`. */
  readonly senders: number;
  readonly written: boolean;
  /** Messages; 0 in ledger `carried`. */
  readonly messages: number;
  /** Watched aliases that carried it within the last days, with the day. */
  readonly carriers: readonly { readonly alias: string; readonly day: string }[];
};

export type LedgerSizes = Readonly<Record<LedgerName, number>>;

/**
 * The organization's ledgers (DESIGN 7). Every node of a site shares them. An implementation rejects when it cannot
 * answer within its deadline; who asks goes on without an answer.
 */
export interface OrganizationLedgers extends AsyncDisposable {
  /** One round trip. */
  look(request: OrganizationRequest): Promise<OrganizationView>;
  /** Takes note, in memory; stored within about a second. What cannot be stored is an event and lost. */
  count(sightings: Sightings): void;
  /** Stores what has been counted so far. */
  flush(): Promise<void>;
  /** Takes one value out of all ledgers, or takes back one day; gives how many records changed. */
  forget(what: { readonly value: string } | { readonly day: number }): Promise<number>;
  /** Takes back that an alias carried values (`Sightings.carried`). */
  uncarry(carried: NonNullable<Sightings['carried']>): Promise<void>;
  /** Takes a person's address out of all ledgers; an address at the person's own organization leaves no trace but the domain. */
  erase(correspondent: string): Promise<number>;
  /** What is known of one value, by ledger. */
  describe(value: string): Promise<readonly RememberedValue[]>;
  /** Values by ledger. */
  sizes(): Promise<LedgerSizes>;
  /** Throws when the ledgers do not answer. */
  ping(): Promise<void>;
}

/** Bounds of the memory. */
export type LedgerLimits = {
  /** Values per ledger, give or take a tenth; beyond it those seen longest ago leave first. */
  readonly values: number;
  /** Days that a value is remembered after it was last seen. */
  readonly windowDays: number;
};

export const defaultLedgerLimits: LedgerLimits = { values: 50_000, windowDays: 180 };
