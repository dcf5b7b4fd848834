import { createHash } from 'node:crypto';
import { oncePerText } from '../once-per.ts';
import { canonicalAddress, watchedDomain } from './address.ts';
import type { Alias } from './alias.ts';
import { createLookAlikes, type LookAlikes } from './look-alike.ts';
import { organizationalDomain } from '../authentication/alignment.ts';

/** Every watched alias, and the ways to find one. */
export type Catalogue = {
  readonly aliases: readonly Alias[];
  /** The alias an address belongs to: the exact address first, then the longest pattern. Case does not matter. */
  find(address: string): Alias | null;
  readonly lookAlikes: LookAlikes;
};

/**
 * Joins the vendor packs and `policy.yaml: watch`. A watched address that a pack names itself is the pack's; one that
 * only a pack's pattern covers becomes an alias of its own.
 */
export function createCatalogue(
  packed: readonly Alias[],
  policyWatch: readonly string[],
): Catalogue {
  const aliases = [...packed];
  const byAddress = new Map(
    packed.flatMap((alias) => alias.addresses.map((address) => [address, alias] as const)),
  );
  const ids = new Set(packed.map((alias) => alias.id));
  for (const address of policyWatch) {
    if (byAddress.has(address)) continue;
    const alias = watchedAlias(address, ids);
    ids.add(alias.id);
    aliases.push(alias);
    byAddress.set(address, alias);
  }
  const found = oncePerText(2000, (address) => ({ alias: findByAddress(byAddress, address) }));
  return {
    aliases,
    find: (address) => found(address).alias,
    lookAlikes: createLookAlikes(aliases),
  };
}

function findByAddress(byAddress: ReadonlyMap<string, Alias>, address: string): Alias | null {
  const canonical = canonicalAddress(address);
  if (canonical === null) return null;
  const exact = byAddress.get(canonical);
  if (exact) return exact;
  const candidates = patternsFor(canonical).sort((left, right) => right.length - left.length);
  for (const pattern of candidates) {
    const alias = byAddress.get(pattern);
    if (alias) return alias;
  }
  return null;
}

/** Every pattern that covers `local@a.b.c`: `*@a.b.c`, `local@*.b.c`, `*@*.b.c`, … */
function patternsFor(address: string): string[] {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const labels = address.slice(at + 1).split('.');
  const parents = labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
  return [
    `*@${labels.join('.')}`,
    ...parents.flatMap((parent) => [`${local}@*.${parent}`, `*@*.${parent}`]),
  ];
}

/** An alias known by its address alone: whoever signs for its organization is it. */
function watchedAlias(address: string, taken: ReadonlySet<string>): Alias {
  const domain = organizationalDomain(watchedDomain(address));
  return {
    id: slugOf(address, taken),
    vendor: domain,
    addresses: [address],
    dkimDomains: [domain],
    spfIsEnough: false,
    actor: 'slots',
    pack: null,
  };
}

/** `billing@example.com` → `billing-example-com`; a slug that is taken gets a hash of the address behind it. */
function slugOf(address: string, taken: ReadonlySet<string>): string {
  const words = address.replaceAll('*', 'any').match(/[a-z0-9]+/g) ?? ['watched'];
  const slug = words.join('-').slice(0, 60).replace(/-$/, '');
  return taken.has(slug)
    ? `${slug}-${createHash('sha256').update(address).digest('hex').slice(0, 8)}`
    : slug;
}
