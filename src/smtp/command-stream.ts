import type { SMTPServerDataStream } from 'smtp-server';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import type { DataReceiver } from './data-receiver.ts';

/**
 * smtp-server's command parser with our own reading of DATA: its own one unstuffs dots after a bare LF, keeps a lone
 * dot at the start of a line, and does not tell us of bare CR, bare LF or NUL.
 */
export class CommandStream extends SMTPStream {
  #receiver: DataReceiver | null = null;

  /** Everything up to the final dot goes through `receiver` into the stream that is returned. */
  receiveData(receiver: DataReceiver): SMTPServerDataStream {
    this.#receiver = receiver;
    return this.startDataMode();
  }

  override _feedDataStream(chunk: Buffer, done: () => void): void {
    const stream = this._dataStream;
    if (this.#receiver === null || stream === null) return;
    const { content, rest } = this.#receiver.push(chunk);
    if (rest !== null) {
      this._endDataMode(content, rest, done);
    } else if (content.length === 0 || !stream.writable || stream.write(content)) {
      done();
    } else {
      waitForRoom(stream, done);
    }
  }
}

/** A stream that is destroyed never drains, it only closes. */
function waitForRoom(stream: SMTPServerDataStream, done: () => void): void {
  const proceed = (): void => {
    stream.off('drain', proceed);
    stream.off('close', proceed);
    done();
  };
  stream.on('drain', proceed);
  stream.on('close', proceed);
}
