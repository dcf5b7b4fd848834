import type { SMTPServerDataStream } from 'smtp-server';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import type { DataPace } from './data-pace.ts';
import type { DataReceiver } from './data-receiver.ts';

type Callback = (error?: Error | null) => void;

const lineFeed = 0x0a;

/**
 * smtp-server's command parser with our own reading of lines and of DATA: its own one takes a bare LF as the end of a
 * command, unstuffs dots after a bare LF, keeps a lone dot at the start of a line, does not tell us of bare CR, bare LF
 * or NUL, and not whether a client goes on talking before it has its reply.
 */
export class CommandStream extends SMTPStream {
  /** A command line ended by a bare LF, which is none (RFC 5321 §2.3.8); like `oncommand` it waits for its callback. */
  onbarelinefeed: (callback: () => void) => void = (callback) => callback();
  #receiver: DataReceiver | null = null;
  #pace: DataPace | null = null;
  #unreadBytes = 0;

  /** Whether bytes have arrived behind the command (or the message) that is being worked on. */
  get hasMore(): boolean {
    return this.#unreadBytes > 0;
  }

  /** Everything up to the final dot goes through `receiver` into the stream that is returned. */
  receiveData(receiver: DataReceiver, pace: DataPace): SMTPServerDataStream {
    this.#receiver = receiver;
    this.#pace = pace;
    return this.startDataMode();
  }

  override write(chunk: Buffer): boolean {
    this.#unreadBytes += chunk.length;
    return super.write(chunk);
  }

  /** One line at a time, so that `hasMore` is right when a command is dispatched. */
  override _write(chunk: Buffer, encoding: BufferEncoding | 'buffer', done: Callback): void {
    if (this._dataMode || this.isClosed) {
      super._write(chunk, encoding, done);
      return;
    }
    const end = chunk.indexOf(lineFeed) + 1;
    const line = end === 0 ? chunk : chunk.subarray(0, end);
    const rest = chunk.subarray(line.length);
    this.#unreadBytes -= line.length;
    // By way of the event loop: a chunk full of commands must neither grow the stack nor keep others waiting.
    const next: Callback = (error) => {
      if (error || rest.length === 0) done(error);
      else setImmediate(() => this._write(rest, encoding, done));
    };
    if (end > 0 && !`${this._remainder}${line.toString('latin1')}`.endsWith('\r\n')) {
      this._remainder = '';
      this.onbarelinefeed(() => next());
    } else {
      super._write(line, encoding, next);
    }
  }

  override _feedDataStream(chunk: Buffer, done: Callback): void {
    const stream = this._dataStream;
    if (this.#receiver === null || stream === null) return;
    const { content, rest } = this.#receiver.push(chunk);
    this.#unreadBytes -= chunk.length - (rest?.length ?? 0);
    this.#pace?.received(chunk.length);
    if (rest !== null) {
      this.#pace?.[Symbol.dispose]();
      this._endDataMode(content, rest, done);
    } else if (content.length === 0 || !stream.writable || stream.write(content)) {
      done();
    } else {
      this.#waitForRoom(stream, done);
    }
  }

  /** A stream that is destroyed never drains, it only closes. */
  #waitForRoom(stream: SMTPServerDataStream, done: Callback): void {
    this.#pace?.pause();
    const proceed = (): void => {
      stream.off('drain', proceed);
      stream.off('close', proceed);
      this.#pace?.resume();
      done();
    };
    stream.on('drain', proceed);
    stream.on('close', proceed);
  }
}
