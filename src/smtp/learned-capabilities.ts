import type { Capabilities } from './capabilities.ts';
import { NextHops } from './next-hops.ts';
import type { NextHopSettings } from './next-hop-settings.ts';

export type LearnedCapabilities = {
  /** What the next hop announced last, or null where it was never reached. Waits for the first answer. */
  current(): Promise<Capabilities | null>;
  learn(capabilities: Capabilities): void;
};

/**
 * What the next hop can do is asked once at the start and learned again from every session, so that EHLO needs no
 * connection of its own: scanners that never say MAIL then cost the next hop nothing, and EHLO works while it is down.
 * A session that finds out at MAIL that the announcement was wrong says 421, never 5yz.
 */
export function learnCapabilities(
  nextHops: readonly NextHopSettings[],
  onError: (error: Error) => void,
): LearnedCapabilities & AsyncDisposable {
  const stopping = new AbortController();
  const asking = new NextHops({
    settings: nextHops.map((nextHop) => ({ ...nextHop, replyMs: nextHop.connectMs })),
    onError,
  });
  const asked = asking.open({ connection: null, signal: stopping.signal }).then(
    async (session) => {
      await session.quit();
      return session.capabilities;
    },
    (error: unknown) => {
      if (!stopping.signal.aborted) onError(error as Error);
      return null;
    },
  );
  let learned: Capabilities | null = null;
  return {
    current: async () => learned ?? (await asked),
    learn: (capabilities) => {
      learned = capabilities;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await asked;
    },
  };
}
