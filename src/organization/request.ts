import type { Features, ValueTable } from '../features/features.ts';
import type { OrganizationRequest } from './organization.ts';

/** Values of one kind that are asked for at once. */
const maxPerKind = 200;

/** Tables whose values mean the same on every alias. */
const sharedTables: ReadonlySet<ValueTable> = new Set(['contact', 'domain', 'reply-to']);

type SharedValue = { readonly table: ValueTable; readonly value: string };

/** What is asked of the ledgers for one message: all that could matter, since what is established is not known yet. */
export function organizationRequestOf(
  features: Pick<Features, 'sightings'>,
  { alias, at }: Pick<OrganizationRequest, 'alias' | 'at'>,
): OrganizationRequest {
  const shared = sharedValuesOf(features);
  const domains = shared.filter(({ table }) => table === 'domain').map(({ value }) => value);
  const correspondents = features.sightings
    .filter(({ table, signal }) => table === 'reply-to' || signal === 'mail-domain')
    .map(({ value }) => value);
  return {
    at,
    alias,
    domains: distinct(domains.filter((domain) => !domain.includes('@'))),
    correspondents: distinct(correspondents),
    fresh: distinct(shared.map(nameOfShared)),
  };
}

/** Contact points, link domains and Reply-To identities: what two vendors' mail has in common only in a campaign. */
export function sharedValuesOf({ sightings }: Pick<Features, 'sightings'>): readonly SharedValue[] {
  // A top-level domain, which the table `domain` holds too, is everybody's.
  return sightings
    .filter(({ table, value }) => sharedTables.has(table) && !value.startsWith('.'))
    .map(({ table, value }) => ({ table, value }));
}

/** How a value is called across aliases (`OrganizationRequest.fresh`, `OrganizationView.elsewhere`). */
export function nameOfShared({ table, value }: SharedValue): string {
  return `${table} ${value}`;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].slice(0, maxPerKind);
}
