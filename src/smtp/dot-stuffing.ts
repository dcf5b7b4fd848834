import { LineOddities } from './line-oddities.ts';

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
    if (chunk.length === 0) return chunk;
    const pieces: Buffer[] = [];
    let unsent = 0;
    const stuff = (at: number) => {
      pieces.push(chunk.subarray(unsent, at), dotBytes);
      unsent = at;
    };
    const oddities = new LineOddities(chunk);
    let at = this.#finishLineEnding(chunk);
    if (this.#atLineStart && chunk[at] === dot) stuff(at);
    while ((at = oddities.next(at)) < chunk.length) {
      const byte = chunk[at];
      const isStuffed = byte === carriageReturn && chunk[at + 1] === lineFeed;
      if (isStuffed) stuff(at + 2);
      else if (byte === carriageReturn && at === chunk.length - 1) this.#afterCarriageReturn = true;
      else if (byte !== 0) throw bareLineEnding();
      at += isStuffed ? 3 : 1;
    }
    this.#atLineStart = chunk.at(-1) === lineFeed;
    if (pieces.length === 0) return chunk;
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
