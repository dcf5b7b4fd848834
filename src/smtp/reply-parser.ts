import type { Reply } from './reply.ts';

/** No sane reply comes near this; it bounds what a broken next hop can make us hold. */
const maxReplyBytes = 65_536;
/** RFC 5321 §4.5.3.1.5: 512 octets a line, with code, enhanced code and line ending. */
const maxTextLength = 490;

/** Turns the bytes of a next hop into replies, multi-line ones joined (RFC 5321 §4.2.1). */
export class ReplyParser {
  #remainder: Buffer = Buffer.alloc(0);
  #pending: { code: number; texts: string[]; sizeBytes: number } | null = null;

  /**
   * Replies completed by this chunk.
   * @throws when the bytes are no SMTP reply, or the reply is larger than 64 KiB.
   */
  push(chunk: Buffer): Reply[] {
    const replies: Reply[] = [];
    let rest = this.#remainder.length === 0 ? chunk : Buffer.concat([this.#remainder, chunk]);
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      const completed = this.#line(rest.toString('utf8', 0, end).replace(/\r$/, ''));
      if (completed !== null) replies.push(completed);
      rest = rest.subarray(end + 1);
    }
    this.#remainder = rest;
    if (rest.length + (this.#pending?.sizeBytes ?? 0) > maxReplyBytes) {
      throw new Error('the reply of the next hop is too long');
    }
    return replies;
  }

  #line(line: string): Reply | null {
    const [, digits = '', separator = '', text = ''] =
      /^([2-5][0-5]\d)(?:([ -])(.*))?$/s.exec(line) ?? [];
    const code = Number(digits);
    if (digits === '' || (this.#pending !== null && this.#pending.code !== code)) {
      throw new Error(
        `the next hop sent what is no SMTP reply: ${JSON.stringify(line.slice(0, 80))}`,
      );
    }
    this.#pending ??= { code, texts: [], sizeBytes: 0 };
    this.#pending.texts.push(text);
    this.#pending.sizeBytes += line.length;
    if (separator === '-') return null;
    const { texts } = this.#pending;
    this.#pending = null;
    return buildReply(code, texts);
  }
}

/** RFC 3463 §2; the class is that of the reply's own code (RFC 2034 §4). */
const enhancedCode = /^([2-5])\.\d{1,3}\.\d{1,3}(?=[ \t]|$)/;

/**
 * Takes the enhanced code out of the texts (RFC 2034 §4 wants it on every line), so that it is written exactly once per
 * line again.
 */
function buildReply(code: number, texts: readonly string[]): Reply {
  const codes = texts.map((text) => {
    const [found = '', replyClass = ''] = enhancedCode.exec(text) ?? [];
    return replyClass === String(code).charAt(0) ? found : '';
  });
  const lines = texts.map((text, index) => {
    const found = codes[index] ?? '';
    const rest = found === '' ? text : text.slice(found.length).replace(/^[ \t]+/, '');
    return rest.replaceAll(/[\0-\x1f\x7f]/g, ' ').slice(0, maxTextLength);
  });
  return { code, enhancedCode: codes.find((found) => found !== '') ?? null, lines };
}
