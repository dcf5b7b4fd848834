import type { Zone, ZoneRecords } from '../../src/commands/demo/zone.ts';
import { ed25519Key, rsaKey } from './dkim-keys.ts';

export type VendorOptions = {
  /** Address or network that SPF lists. */
  readonly ip4?: string;
  /** TXT at `_dmarc`. */
  readonly dmarc?: string;
};

/**
 * What a vendor that signs publishes: SPF for the domain and `bounces.`, DKIM keys `rsa` and `ed`, a DMARC policy.
 * Spread several of them into one zone.
 */
export function vendorZone(domain: string, options: VendorOptions = {}): Zone {
  const { ip4 = '192.0.2.0/24', dmarc = 'v=DMARC1; p=reject' } = options;
  const spf: ZoneRecords = { TXT: [`v=spf1 ip4:${ip4} -all`], A: ['192.0.2.1'] };
  return {
    [domain]: spf,
    [`bounces.${domain}`]: spf,
    [`rsa._domainkey.${domain}`]: { TXT: [rsaKey.record] },
    [`ed._domainkey.${domain}`]: { TXT: [ed25519Key.record] },
    [`_dmarc.${domain}`]: { TXT: [dmarc] },
  };
}
