import { Gauge, type Registry } from 'prom-client';
import { ledgerNames, type LedgerSizes } from '../organization/ledgers.ts';
import type { LookupOutcome } from './events.ts';
import { counter } from './instruments.ts';

// `satisfies` over Record keeps these complete when a union grows.
const lookupOutcomes = Object.keys({
  answered: 0,
  failed: 0,
} satisfies Record<LookupOutcome, 0>);

/** Measuring reads the ledgers; between two scrapes they hardly change. */
const measureEveryMs = 60_000;

/** What the organization's ledgers hold and how they answer. */
export function organizationMetrics(registry: Registry) {
  let measure: (() => Promise<LedgerSizes>) | null = null;
  let measuredAtMs = -Infinity;
  const values: Gauge<'ledger'> = new Gauge({
    name: 'aliaswatch_organization_values',
    help: "Values in the organization's ledgers",
    labelNames: ['ledger'],
    aggregator: 'max',
    registers: [registry],
    collect: async () => {
      if (measure === null || performance.now() - measuredAtMs < measureEveryMs) return;
      measuredAtMs = performance.now();
      // A ledger that does not answer keeps its last figure; that it is silent shows in the look-ups.
      const sizes = await measure().catch(() => null);
      if (sizes !== null) for (const ledger of ledgerNames) values.set({ ledger }, sizes[ledger]);
    },
  });
  const organizationLookups = counter(
    registry,
    'organization_lookups_total',
    "Messages about which the organization's ledgers were asked",
    'outcome',
  );
  for (const ledger of ledgerNames) values.set({ ledger }, 0);
  for (const outcome of lookupOutcomes) organizationLookups.inc({ outcome }, 0);
  return {
    organizationLookups,
    organizationLost: counter(
      registry,
      'organization_lost_total',
      "Changes to records of the organization's ledgers that could not be stored",
    ),
    /** Says where the number of values comes from. */
    measureOrganization: (source: () => Promise<LedgerSizes>) => {
      measure = source;
    },
  };
}
