import { canonicalAddress } from './address.ts';
import type { Alias } from './alias.ts';

/**
 * The tenant an address of a tenant-hosted alias stands for: the labels before the hosting domain, where the pattern
 * leaves labels open (`acme` of `support@acme.zendesk.com`), else the local part (`acme` of `acme@substack.com`). All of
 * it: in `store+123@shopifyemail.com` the subaddress is who writes. Lower case; null for an alias of slots and for an
 * address it does not cover.
 */
export function tenantOf(alias: Alias, address: string): string | null {
  const canonical = alias.actor === 'tenant' ? canonicalAddress(address) : null;
  if (canonical === null) return null;
  const at = canonical.lastIndexOf('@');
  const mailbox = { local: canonical.slice(0, at), domain: canonical.slice(at + 1) };
  const longestFirst = alias.addresses.toSorted((left, right) => right.length - left.length);
  for (const pattern of longestFirst) {
    const tenant = tenantBy(pattern, mailbox);
    if (tenant !== null) return tenant;
  }
  return null;
}

function tenantBy(
  pattern: string,
  { local, domain }: { readonly local: string; readonly domain: string },
): string | null {
  const at = pattern.lastIndexOf('@');
  const patternLocal = pattern.slice(0, at);
  const patternDomain = pattern.slice(at + 1);
  if (patternLocal !== '*' && patternLocal !== local) return null;
  if (patternDomain.startsWith('*.'))
    return domain.endsWith(patternDomain.slice(1))
      ? domain.slice(0, 1 - patternDomain.length) || null
      : null;
  return patternLocal === '*' && patternDomain === domain ? local : null;
}
