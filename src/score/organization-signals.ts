import type { Sighting, Standing } from '../features/features.ts';
import type { SignalId } from '../features/signals.ts';
import {
  organizationStartUpDays,
  type Acquaintance,
  type OrganizationView,
} from '../organization/organization.ts';
import { nameOfShared, sharedValuesOf } from '../organization/request.ts';

/** A yes or no of the organization's ledgers about what is new to the alias. */
export type OrganizationReading = { readonly level: 0 | 1; readonly shown: () => string };

/**
 * What the organization's other mail says of an alias's fresh values (DESIGN 7): a Reply-To nobody here ever corresponded
 * with, a domain nobody here was ever sent, a value that another watched alias carries as news as well. A signal that
 * cannot be asked is left out: without fresh values, or before the ledgers know the organization.
 */
export function organizationSignals(
  fresh: readonly Sighting[],
  standings: readonly Standing[],
  view: OrganizationView | null,
): ReadonlyMap<SignalId, OrganizationReading> {
  const readings = new Map<SignalId, OrganizationReading>();
  if (view === null) return readings;
  // An ordinary domain that two young aliases link to is no campaign.
  const obscure = new Set(
    standings
      .filter(({ level }) => level >= anybodysDomain)
      .map(({ table, value }) => nameOfShared({ table, value })),
  );
  const shared = sharedValuesOf({ sightings: fresh }).filter(
    (value) => value.table !== 'domain' || obscure.has(nameOfShared(value)),
  );
  const twice = shared.find((value) => (view.elsewhere.get(nameOfShared(value)) ?? 0) > 0);
  if (shared.length > 0)
    readings.set('value-elsewhere', {
      level: twice ? 1 : 0,
      shown: () => (twice ? `${twice.value} is new on another watched alias as well` : ''),
    });
  if (view.days < organizationStartUpDays) return readings;
  const ask = (signal: SignalId, { values, isKnown, shown }: Question) => {
    const stranger = values.find((value) => !isKnown(value));
    if (values.length > 0)
      readings.set(signal, {
        level: stranger ? 1 : 0,
        shown: () => (stranger ? shown(stranger) : ''),
      });
  };
  ask('stranger-reply-to', {
    values: valuesOf(fresh, ['reply-to']),
    isKnown: (value) => isAcquainted(view.correspondents.get(value)),
    shown: (value) => `nobody here ever corresponded with ${value}`,
  });
  ask('stranger-domain', {
    values: valuesOf(fresh, ['link', 'bare-domain']),
    isKnown: (value) => isAcquainted(view.domains.get(value)),
    shown: (value) => `no mail here ever led to ${value}`,
  });
  return readings;
}

/** On a matured day, or by a word of ours: a campaign is not to become an acquaintance while it lasts. */
function isAcquainted(found: Acquaintance | undefined): boolean {
  return found !== undefined && (found.days > 0 || found.written);
}

/** Standing of domains where anybody may be. */
const anybodysDomain = 2;

type Question = {
  readonly values: readonly string[];
  readonly isKnown: (value: string) => boolean;
  readonly shown: (value: string) => string;
};

function valuesOf(fresh: readonly Sighting[], signals: readonly SignalId[]): readonly string[] {
  return fresh.filter(({ signal }) => signals.includes(signal)).map(({ value }) => value);
}
