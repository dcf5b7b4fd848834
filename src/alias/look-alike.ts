import { domainToUnicode } from 'node:url';
import { oncePerText } from '../once-per.ts';
import { foldText } from '../message/fold.ts';
import { watchedDomain } from './address.ts';
import type { Alias } from './alias.ts';
import { organizationalDomain } from '../authentication/alignment.ts';

/** Ways in which other mail passes itself off as a watched alias. */
export type LookAlikes = {
  /** The alias one of whose exact addresses a display name spells out, or null. */
  named(displayName: string): Alias | null;
  /** The alias whose domain `domain` resembles without being it, or null. */
  imitated(domain: string): Alias | null;
};

/** More of a display name than any mail program shows. */
const maxNameLength = 500;

export function createLookAlikes(aliases: readonly Alias[]): LookAlikes {
  const byAddress = new Map<string, Alias>();
  const bySkeleton = new Map<string, Alias>();
  const genuine = new Set<string>();
  for (const alias of aliases) {
    for (const address of alias.addresses) {
      if (!address.includes('*')) byAddress.set(address, alias);
      for (const domain of [watchedDomain(address), organizationalDomain(watchedDomain(address))]) {
        genuine.add(domain);
        const skeleton = domainSkeleton(domain);
        if (!bySkeleton.has(skeleton)) bySkeleton.set(skeleton, alias);
      }
    }
  }
  const named = oncePerText(2000, (displayName) => ({
    alias: firstFound(addressesSpelledIn(displayName), byAddress),
  }));
  const imitated = oncePerText(2000, (domain) => {
    const names = [domain, organizationalDomain(domain)];
    const isGenuine = names.some((name) => genuine.has(name));
    return { alias: isGenuine ? null : firstFound(names.map(domainSkeleton), bySkeleton) };
  });
  return {
    named: (displayName) => named(displayName).alias,
    imitated: (domain) => imitated(domain).alias,
  };
}

function firstFound(keys: readonly string[], aliases: ReadonlyMap<string, Alias>): Alias | null {
  for (const key of keys) {
    const alias = aliases.get(key);
    if (alias) return alias;
  }
  return null;
}

/**
 * What a domain looks like at a glance: A-labels as letters, other scripts as Latin (`foldText`), and the digit and
 * letter pairs that phishing registers most, `0`→`o`, `1`→`l`, `rn`→`m`, `vv`→`w`. Two domains with one skeleton look alike.
 */
export function domainSkeleton(domain: string): string {
  const letters = foldText(domain.includes('xn--') ? domainToUnicode(domain) : domain);
  return letters
    .toLowerCase()
    .replaceAll('0', 'o')
    .replaceAll('1', 'l')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

/** `service@paypal.com`, and the same spelled out: `service via paypal.com`, `service (at) paypal dot com`. */
function addressesSpelledIn(displayName: string): readonly string[] {
  const text = foldText(displayName.slice(0, maxNameLength))
    .toLowerCase()
    .replace(/\s{0,9}(?:[([]at[)\]]|\b(?:at|via)\b|@)\s{0,9}/g, '@')
    .replace(/\s{0,9}(?:[([]dot[)\]]|\bdot\b)\s{0,9}/g, '.');
  return (text.match(/[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/g) ?? []).map(
    (address) => address.replace(/^\.+/, ''),
  );
}
