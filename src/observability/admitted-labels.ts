/**
 * Which ids of rules may be label values: the first `most` ever seen. A label once used stays in the registry, so the
 * bound is on all rule sets of this process together.
 */
export class AdmittedLabels {
  readonly other = '_other';
  readonly #most: number;
  readonly #admitted = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Returns the ids that are new. */
  admit(ids: readonly string[]): string[] {
    const added = ids
      .filter((id) => !this.#admitted.has(id))
      .slice(0, this.#most - this.#admitted.size);
    for (const id of added) this.#admitted.add(id);
    return added;
  }

  labelOf(id: string): string {
    return this.#admitted.has(id) ? id : this.other;
  }
}
