import type { DataFault } from '../smtp/data-receiver.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/**
 * A header field as it was received, with its CRLF; or null where it is no single field, as no mail server sends it: one
 * that holds a second field would be counted otherwise by us than by the mail server.
 */
export function fieldBytes(name: Buffer, value: Buffer, leadingSpace: boolean): Buffer | null {
  const label = name.toString('latin1');
  const body = value.toString('latin1').replace(/\r\n/g, '\n');
  if (!/^[!-9;-~]+$/.test(label) || /[\r\0]|\n(?![ \t])/.test(body)) return null;
  const space = leadingSpace || body === '' ? '' : ' ';
  return Buffer.from(`${label}:${space}${body.replaceAll('\n', '\r\n')}\r\n`, 'latin1');
}

/** Looks for bare CR, bare LF and NUL in chunks that may end anywhere (promise P4). */
export class LineCheck {
  #fault: DataFault | null = null;
  #endsInCr = false;

  /** What was found first, in all chunks together; call it after the last one. */
  get fault(): DataFault | null {
    return this.#fault ?? (this.#endsInCr ? 'bare-line-ending' : null);
  }

  push(chunk: Buffer): void {
    if (this.#fault !== null || chunk.length === 0) return;
    if (chunk.includes(0)) this.#fault = 'nul';
    else if (hasBareLineEnding(chunk, this.#endsInCr)) this.#fault = 'bare-line-ending';
    this.#endsInCr = chunk.at(-1) === carriageReturn;
  }
}

function hasBareLineEnding(chunk: Buffer, followsCr: boolean): boolean {
  if (followsCr && chunk[0] !== lineFeed) return true;
  for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) {
    if (at === 0 ? !followsCr : chunk[at - 1] !== carriageReturn) return true;
  }
  for (
    let at = chunk.indexOf(carriageReturn);
    at >= 0;
    at = chunk.indexOf(carriageReturn, at + 1)
  ) {
    if (at + 1 < chunk.length && chunk[at + 1] !== lineFeed) return true;
  }
  return false;
}
