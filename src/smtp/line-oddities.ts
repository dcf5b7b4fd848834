/** A dot that starts a line, or a CR, LF or NUL that is no part of a line ending. */
const oddity = /\r\n\.|\r(?!\n)|(?<!\r)\n|\0/g;

/** What a chunk of a message holds besides lines of text: in most there is nothing, and one search says so. */
export class LineOddities {
  readonly #text: string;
  #position = -1;

  constructor(chunk: Buffer) {
    this.#text = chunk.toString('latin1');
  }

  /**
   * Position of the first one that is not before `from`, or the length of the chunk; of a dot that of the CR before it. A
   * CR that the chunk ends with is one. `from` never goes back.
   */
  next(from: number): number {
    if (this.#position < from) {
      oddity.lastIndex = from;
      this.#position = oddity.exec(this.#text)?.index ?? this.#text.length;
    }
    return this.#position;
  }
}
