const maxAliases = 500;

/**
 * Which alias ids may be label values: those of the catalogue, the first 500 ever seen. A label once used stays in the
 * registry, so the bound is on all rule sets of this process together.
 */
export class AliasLabels {
  readonly other = '_other';
  readonly #admitted = new Set<string>();

  /** Returns the ids that are new. */
  admit(aliases: readonly string[]): string[] {
    const added = aliases
      .filter((alias) => !this.#admitted.has(alias))
      .slice(0, maxAliases - this.#admitted.size);
    for (const alias of added) this.#admitted.add(alias);
    return added;
  }

  labelOf(alias: string): string {
    return this.#admitted.has(alias) ? alias : this.other;
  }
}
