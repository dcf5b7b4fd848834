export type CircuitBreakerOptions = {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open, doubled up to `longestOpenMs` while probes fail. */
  readonly openMs: number;
  readonly longestOpenMs: number;
};

/** Keeps a dead dependency from costing every message its deadline. */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #failures = 0;
  #openMs: number;
  #openUntilMs = 0;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
    this.#openMs = options.openMs;
  }

  /** Whether to make a call now. Once the open time is over, one caller is let through to probe. */
  allows(nowMs: number): boolean {
    if (this.#state === 'closed') return true;
    if (nowMs < this.#openUntilMs) return false;
    this.#open('probing', nowMs);
    return true;
  }

  succeeded(): void {
    this.#state = 'closed';
    this.#failures = 0;
    this.#openMs = this.#options.openMs;
  }

  failed(nowMs: number): void {
    this.#failures++;
    if (this.#state === 'probing')
      this.#openMs = Math.min(2 * this.#openMs, this.#options.longestOpenMs);
    // Calls made before it opened may still fail; they must not keep it open for longer.
    const opens =
      this.#state === 'probing' ||
      (this.#state === 'closed' && this.#failures >= this.#options.failures);
    if (opens) this.#open('open', nowMs);
  }

  #open(state: 'open' | 'probing', nowMs: number): void {
    this.#state = state;
    this.#openUntilMs = nowMs + this.#openMs;
  }
}
