const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const dot = 0x2e;
const dotBytes = Buffer.from('.');

/**
 * Doubles the dot at the start of a line (RFC 5321 §4.5.2) and changes nothing else. A bare CR or LF never comes this
 * far; if one does, the message is not sent, because what the next hop would make of it is not what was analysed (P4).
 */
export class DotStuffing {
  #atLineStart = true;
  #afterCarriageReturn = false;

  /** @throws on a bare CR or LF. */
  push(chunk: Buffer): Buffer {
    const pieces: Buffer[] = [];
    let unsent = 0;
    for (
      let at = this.#finishLineEnding(chunk);
      at < chunk.length;
      at = this.#nextLine(chunk, at)
    ) {
      if (this.#atLineStart && chunk[at] === dot) {
        pieces.push(chunk.subarray(unsent, at), dotBytes);
        unsent = at;
      }
      this.#atLineStart = false;
    }
    if (unsent === 0 && pieces.length === 0) return chunk;
    pieces.push(chunk.subarray(unsent));
    return Buffer.concat(pieces);
  }

  /** What is missing before the line with the final dot. */
  end(): Buffer {
    if (this.#afterCarriageReturn) throw bareLineEnding();
    return Buffer.from(this.#atLineStart ? '' : '\r\n');
  }

  /** Position after the LF that belongs to a CR at the end of the chunk before. */
  #finishLineEnding(chunk: Buffer): number {
    if (!this.#afterCarriageReturn || chunk.length === 0) return 0;
    if (chunk[0] !== lineFeed) throw bareLineEnding();
    this.#afterCarriageReturn = false;
    this.#atLineStart = true;
    return 1;
  }

  #nextLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(carriageReturn, from);
    const feed = chunk.indexOf(lineFeed, from);
    if (end === -1 && feed === -1) return chunk.length;
    if (end === chunk.length - 1 && feed === -1) {
      this.#afterCarriageReturn = true;
      return chunk.length;
    }
    if (end === -1 || feed !== end + 1) throw bareLineEnding();
    this.#atLineStart = true;
    return feed + 1;
  }
}

function bareLineEnding(): Error {
  return new Error('a bare CR or LF in a message that was about to be relayed');
}
