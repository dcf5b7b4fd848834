/** How slowly DATA may arrive. A rate of 0 asks for none. */
export type PaceLimits = { readonly minDataBytesPerSecond: number; readonly dataGraceMs: number };

/**
 * Watches that DATA arrives at a minimum rate: a client that sends one byte a minute never is idle, but keeps a session
 * and a transaction of the next hop for days. Every byte buys time, up to the grace; time in which we take no bytes is
 * not the client's.
 */
export class DataPace implements Disposable {
  readonly #limits: PaceLimits;
  readonly #onSlow: () => void;
  #deadlineMs: number;
  #pausedAtMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** `onSlow` is called at most once, and not after disposing. */
  constructor(limits: PaceLimits, onSlow: () => void) {
    this.#limits = limits;
    this.#onSlow = onSlow;
    this.#deadlineMs = performance.now() + limits.dataGraceMs;
    if (limits.minDataBytesPerSecond > 0) this.#arm();
  }

  received(bytes: number): void {
    this.#extend((bytes * 1000) / this.#limits.minDataBytesPerSecond);
  }

  /** We cannot take bytes for a while. */
  pause(): void {
    this.#pausedAtMs = performance.now();
  }

  resume(): void {
    if (this.#pausedAtMs === null) return;
    const pausedMs = performance.now() - this.#pausedAtMs;
    this.#pausedAtMs = null;
    this.#extend(pausedMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #extend(durationMs: number): void {
    const latestMs = performance.now() + this.#limits.dataGraceMs;
    this.#deadlineMs = Math.min(latestMs, this.#deadlineMs + durationMs);
  }

  #arm(): void {
    const leftMs =
      this.#pausedAtMs === null ? this.#deadlineMs - performance.now() : this.#limits.dataGraceMs;
    this.#timer = setTimeout(() => this.#look(), Math.max(1, leftMs));
  }

  #look(): void {
    if (this.#pausedAtMs === null && performance.now() >= this.#deadlineMs) this.#onSlow();
    else this.#arm();
  }
}
