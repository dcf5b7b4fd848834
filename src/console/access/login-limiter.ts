import { LRUCache } from 'lru-cache';
import { networkOf } from '../../smtp/address-bytes.ts';

/** Failed logins that are taken before the next has to wait. */
export type LoginLimits = {
  readonly perAddress: number;
  readonly perName: number;
  /** Over this time they are forgotten, evenly. */
  readonly windowMs: number;
};

export const defaultLoginLimits: LoginLimits = {
  perAddress: 10,
  perName: 10,
  windowMs: 15 * 60_000,
};

export type LoginLimiter = {
  /**
   * Counts one more attempt against address and name, before the password is looked at, so that parallel guesses are
   * counted too. Seconds to wait where there were too many, otherwise null. Where no name was given, it is null.
   */
  readonly attempt: (address: string, name: string | null) => number | null;
  /** The attempt was no guess. */
  readonly succeeded: (address: string, name: string | null) => void;
};

type Bucket = { readonly count: number; readonly atMs: number };

/** Names and addresses remembered; who has more of them is not stopped by this, but each guess costs an scrypt. */
const maxBuckets = 10_000;

/** Leaky buckets per address (IPv6: per /64) and per name, in bounded memory. `nowMs` is a clock that does not go back. */
export function createLoginLimiter(
  nowMs: () => number,
  { perAddress, perName, windowMs }: LoginLimits = defaultLoginLimits,
): LoginLimiter {
  const buckets = new LRUCache<string, Bucket>({ max: maxBuckets });
  const level = (key: string, most: number): number => {
    const { count, atMs } = buckets.get(key) ?? { count: 0, atMs: nowMs() };
    return Math.max(0, count - ((nowMs() - atMs) * most) / windowMs);
  };
  const keysOf = (address: string, name: string | null): readonly (readonly [string, number])[] => {
    const ofAddress = [`a ${networkOf(address)}`, perAddress] as const;
    if (name === null) return [ofAddress];
    return [ofAddress, [`n ${name.slice(0, 64).toLowerCase()}`, perName]];
  };
  return {
    attempt: (address, name) => {
      const waits = keysOf(address, name).map(([key, most]) => {
        const over = level(key, most) + 1 - most;
        return over > 0 ? Math.ceil((over * windowMs) / most / 1000) : 0;
      });
      const waitSeconds = Math.max(...waits);
      if (waitSeconds > 0) return waitSeconds;
      for (const [key, most] of keysOf(address, name))
        buckets.set(key, { count: level(key, most) + 1, atMs: nowMs() });
      return null;
    },
    succeeded: (address, name) => {
      for (const [key, most] of keysOf(address, name))
        buckets.set(key, { count: Math.max(0, level(key, most) - 1), atMs: nowMs() });
    },
  };
}
