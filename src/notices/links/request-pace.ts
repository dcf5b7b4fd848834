import { LRUCache } from 'lru-cache';
import { networkOf } from '../../smtp/address-bytes.ts';

export type RequestPace = {
  /** Counts one request of this address; false where it has had its share. */
  readonly allows: (address: string) => boolean;
  readonly charge: (address: string, requests: number) => void;
};

/** At once, and then per second. Behind a reverse proxy that is not known as one, all people share one address. */
const burst = 120;
const perSecond = 5;
const maxAddresses = 10_000;

type Bucket = { readonly left: number; readonly atMs: number };

/** How many requests each address (IPv6: /64) may make; of these the last ten thousand are remembered. */
export function createRequestPace(nowMs: () => number = () => performance.now()): RequestPace {
  const buckets = new LRUCache<string, Bucket>({ max: maxAddresses });
  const take = (address: string, requests: number): boolean => {
    const atMs = nowMs();
    const network = networkOf(address);
    const bucket = buckets.get(network) ?? { left: burst, atMs };
    const left = Math.min(burst, bucket.left + ((atMs - bucket.atMs) / 1000) * perSecond);
    buckets.set(network, { left: Math.max(0, left - requests), atMs });
    return left >= 1;
  };
  return {
    allows: (address) => take(address, 1),
    charge: (address, requests) => void take(address, requests),
  };
}
