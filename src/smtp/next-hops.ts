import { NextHopSession, type OnBehalfOf } from './next-hop-session.ts';
import { tellFailure, type OnNextHop } from './next-hop-outcome.ts';
import type { NextHopSettings } from './next-hop-settings.ts';
import { SmtpError } from './reply.ts';

/** How long a next hop that failed is asked last. */
const backOffMs = 30_000;

export type NextHopsOptions = {
  /** In order of preference. */
  readonly settings: readonly NextHopSettings[];
  /** Of a next hop that failed while another one is left to try. */
  readonly onError: (error: Error) => void;
  /** Told of each that is asked. */
  readonly onNextHop?: OnNextHop;
  /** Epoch milliseconds; real time when absent. */
  readonly now?: () => number;
};

/**
 * Several next hops of which the first that answers is taken. One that failed goes to the end of the line for half a
 * minute; it is still tried when all others fail, because mail that waits for it would not be better off.
 */
export class NextHops {
  readonly #options: NextHopsOptions;
  readonly #now: () => number;
  readonly #failedAtMs = new Map<NextHopSettings, number>();

  constructor(options: NextHopsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Opens a session with the first that answers; after that all of the session's mail goes there.
   * @throws SmtpError of the last one, or the refusal that is meant for the client.
   */
  async open(onBehalfOf: OnBehalfOf): Promise<NextHopSession> {
    const candidates = this.#inOrder();
    const { onNextHop = () => undefined } = this.#options;
    for (const [index, candidate] of candidates.entries()) {
      try {
        const session = await NextHopSession.open(candidate, onBehalfOf);
        this.#failedAtMs.delete(candidate);
        onNextHop('connect', '2xx');
        return session;
      } catch (error) {
        if (!onBehalfOf.signal.aborted) tellFailure('connect', onNextHop, error);
        if (onBehalfOf.signal.aborted || !isUnavailable(error)) throw error;
        this.#failedAtMs.set(candidate, this.#now());
        if (index === candidates.length - 1) throw error;
        this.#options.onError(error);
      }
    }
    throw new Error('no next hop is configured');
  }

  #inOrder(): readonly NextHopSettings[] {
    const { settings } = this.#options;
    const isHealthy = (hop: NextHopSettings): boolean =>
      this.#now() - (this.#failedAtMs.get(hop) ?? -Infinity) >= backOffMs;
    return [...settings.filter(isHealthy), ...settings.filter((hop) => !isHealthy(hop))];
  }
}

/** 451 4.4.1 is ours for a next hop that is lost; 421 its own word that it cannot now (RFC 5321 §3.8). */
function isUnavailable(error: unknown): error is SmtpError {
  return (
    error instanceof SmtpError &&
    (error.reply.code === 421 || (error.reply.code === 451 && error.reply.enhancedCode === '4.4.1'))
  );
}
