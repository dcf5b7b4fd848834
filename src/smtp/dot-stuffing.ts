import { LineOddities } from './line-oddities.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const dot = 0x2e;
const dotBytes = Buffer.from('.');
/** A search makes a text of what it looks through, and a larger one is slow to get. */
const searchedBytes = 65_536;

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
    for (let from = 0; from < chunk.length; from += searchedBytes)
      for (const dotAt of this.#dotsIn(chunk.subarray(from, from + searchedBytes))) {
        pieces.push(chunk.subarray(unsent, from + dotAt), dotBytes);
        unsent = from + dotAt;
      }
    if (pieces.length === 0) return chunk;
    pieces.push(chunk.subarray(unsent));
    return Buffer.concat(pieces);
  }

  /** What is missing before the line with the final dot. */
  end(): Buffer {
    if (this.#afterCarriageReturn) throw bareLineEnding();
    return Buffer.from(this.#atLineStart ? '' : '\r\n');
  }

  /** Positions of the dots that start a line. */
  #dotsIn(part: Buffer): readonly number[] {
    const dots: number[] = [];
    const oddities = new LineOddities(part);
    let at = this.#finishLineEnding(part);
    if (this.#atLineStart && part[at] === dot) dots.push(at);
    for (at = oddities.next(at); at < part.length; at = oddities.next(at + 1)) {
      const byte = part[at];
      if (byte === carriageReturn && part[at + 1] === lineFeed) dots.push(at + 2);
      else if (byte === carriageReturn && at === part.length - 1) this.#afterCarriageReturn = true;
      else if (byte !== 0) throw bareLineEnding();
    }
    this.#atLineStart = part.at(-1) === lineFeed;
    return dots;
  }

  /** Position after the LF that belongs to a CR at the end of the chunk before. */
  #finishLineEnding(chunk: Buffer): number {
    if (!this.#afterCarriageReturn) return 0;
    if (chunk[0] !== lineFeed) throw bareLineEnding();
    this.#afterCarriageReturn = false;
    this.#atLineStart = true;
    return 1;
  }
}

function bareLineEnding(): Error {
  return new Error('a bare CR or LF in a message that was about to be relayed');
}
