import { LineOddities } from './line-oddities.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const dot = 0x2e;
const crlf = Buffer.from('\r\n');

export type BareLineEndings = 'reject' | 'normalize';
export type DataFault = 'bare-line-ending' | 'nul' | 'too-large';

/** `cr`, `dot` and `dot-cr` name bytes that are held back until the next one says what they are. */
type State = 'line-start' | 'text' | 'cr' | 'dot' | 'dot-cr';

/**
 * The bytes between 354 and the final dot. Only CRLF.CRLF ends a message and only CRLF starts a line, whatever the
 * chunks (RFC 5321 §4.1.1.4, §2.3.8): everything else that looks like an end of data is content, so that nothing can be
 * smuggled behind it (CVE-2023-51764). Dots are unstuffed (§4.5.2).
 */
export class DataReceiver {
  readonly #bareLineEndings: BareLineEndings;
  readonly #maxBytes: number;
  #state: State = 'line-start';
  #sizeBytes = 0;
  #fault: DataFault | null = null;
  #pieces: Buffer[] = [];
  #oddities = new LineOddities(Buffer.alloc(0));
  /** First byte of the current chunk that is not yet in a piece. */
  #unsent = 0;

  constructor(bareLineEndings: BareLineEndings, maxBytes: number) {
    this.#bareLineEndings = bareLineEndings;
    this.#maxBytes = maxBytes;
  }

  /** The first reason to refuse the message; its remaining bytes are only drained. */
  get fault(): DataFault | null {
    return this.#fault;
  }

  /** Content in this chunk, and the bytes after the final dot, or null while there is none. */
  push(chunk: Buffer): { readonly content: Buffer; readonly rest: Buffer | null } {
    this.#pieces = [];
    this.#oddities = new LineOddities(chunk);
    this.#unsent = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'dot-cr' && chunk[at] === lineFeed) {
        return { content: this.#take(), rest: chunk.subarray(at + 1) };
      }
      at = this.#step(chunk, at);
    }
    this.#emit(chunk, chunk.length);
    return { content: this.#take(), rest: null };
  }

  /** Reads one byte (or a whole CRLF, or text) and returns the position after it. */
  #step(chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (this.#state === 'cr' && byte === lineFeed) {
      this.#pieces.push(crlf);
      this.#skip(at);
      this.#state = 'line-start';
      return at + 1;
    }
    if (this.#state === 'cr' || this.#state === 'dot-cr') {
      this.#bareLineEnding();
      this.#state = 'text';
    }
    if (this.#state === 'line-start' && byte === dot) {
      this.#hold(chunk, at, 'dot');
      return at + 1;
    }
    return this.#text(chunk, at);
  }

  #text(chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (byte === carriageReturn && this.#state !== 'dot' && chunk[at + 1] === lineFeed) {
      this.#state = 'line-start';
      return at + 2;
    }
    if (byte === carriageReturn) {
      this.#hold(chunk, at, this.#state === 'dot' ? 'dot-cr' : 'cr');
      return at + 1;
    }
    this.#state = 'text';
    if (byte === lineFeed) {
      this.#emit(chunk, at);
      this.#bareLineEnding();
      this.#skip(at);
    } else if (byte === 0) {
      this.#fault ??= 'nul';
    }
    const next = this.#oddities.next(at + 1);
    if (next > at + 1 && chunk[next - 1] === lineFeed) this.#state = 'line-start';
    return next;
  }

  #hold(chunk: Buffer, at: number, state: State): void {
    this.#emit(chunk, at);
    this.#skip(at);
    this.#state = state;
  }

  #skip(at: number): void {
    this.#unsent = at + 1;
  }

  #emit(chunk: Buffer, end: number): void {
    if (end > this.#unsent) this.#pieces.push(chunk.subarray(this.#unsent, end));
  }

  #bareLineEnding(): void {
    if (this.#bareLineEndings === 'reject') this.#fault ??= 'bare-line-ending';
    else this.#pieces.push(crlf);
  }

  #take(): Buffer {
    const [first, ...others] = this.#pieces;
    if (first === undefined || this.#fault !== null) return Buffer.alloc(0);
    const content = others.length === 0 ? first : Buffer.concat(this.#pieces);
    this.#sizeBytes += content.length;
    if (this.#sizeBytes > this.#maxBytes) this.#fault = 'too-large';
    return this.#fault === null ? content : Buffer.alloc(0);
  }
}
