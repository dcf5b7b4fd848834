import { LRUCache } from 'lru-cache';
import { hashSecret, newSecret } from '../access-file.ts';

/** Somebody whom we sent to the provider, and who is not back yet. */
export type PendingSignIn = {
  /** RFC 6749 §10.12: 256 random bits, known to this browser and the provider. */
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 §4.1. */
  readonly verifier: string;
  /** A path of our own. */
  readonly next: string;
};

export type PendingSignIns = {
  /** `cookie` is what the browser must bring along when it comes back. */
  readonly begin: (from: { readonly cookie: string; readonly next: string }) => PendingSignIn;
  /** Once, for the browser that began it; null otherwise, and once it took too long. */
  readonly take: (state: string, cookie: string) => PendingSignIn | null;
};

/** Enough for people with passwords, second factors and telephones. */
export const signInMs = 10 * 60_000;
/** More of them end the oldest: about 12 MB where every one has the longest way back. */
const maxPending = 4096;

/** In memory of this process, bounded. */
export function createPendingSignIns(nowMs: () => number): PendingSignIns {
  type Kept = PendingSignIn & { readonly cookieHash: string; readonly begunMs: number };
  const pending = new LRUCache<string, Kept>({ max: maxPending });
  return {
    begin: ({ cookie, next }) => {
      const one = { state: newSecret(), nonce: newSecret(), verifier: newSecret(), next };
      pending.set(one.state, { ...one, cookieHash: hashSecret(cookie), begunMs: nowMs() });
      return one;
    },
    take: (state, cookie) => {
      const kept = pending.get(state);
      if (kept?.cookieHash !== hashSecret(cookie)) return null;
      pending.delete(state);
      return Math.abs(nowMs() - kept.begunMs) < signInMs ? kept : null;
    },
  };
}
