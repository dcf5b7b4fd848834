/**
 * Bytes that arrive in pieces, copied together: kept apart, single bytes would make each of them cost a hundred. A first
 * piece is kept as it is until there is another one; most mail comes in one.
 */
export class GrowingBytes {
  readonly #firstBytes: number;
  #memory: Buffer = Buffer.alloc(0);
  #length = 0;

  /** `firstBytes` are taken for the second piece; from there memory doubles. */
  constructor(firstBytes: number) {
    this.#firstBytes = firstBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** All of them, in memory that the next `append` writes behind, or leaves to whoever has it. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  append(piece: Buffer): void {
    if (piece.length === 0) return; // it may be the empty end of a large memory
    if (this.#memory.length === 0) {
      this.#memory = piece;
      this.#length = piece.length;
      return;
    }
    const neededBytes = this.#length + piece.length;
    if (neededBytes > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.max(this.#firstBytes, neededBytes, this.#memory.length * 2),
      );
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    piece.copy(this.#memory, this.#length);
    this.#length = neededBytes;
  }

  /** Lets go of the memory; whoever has the bytes keeps them. */
  clear(): void {
    this.#memory = Buffer.alloc(0);
    this.#length = 0;
  }
}
