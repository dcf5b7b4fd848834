import type { DataFault } from '../smtp/data-receiver.ts';
import type { PathCommand } from '../smtp/path-command.ts';
import { ContentKeeper, type Reception } from '../smtp/received-content.ts';
import type { Spool } from '../smtp/spool.ts';
import { fieldBytes, LineCheck } from './message-bytes.ts';
import { MilterFault } from './milter-fault.ts';

const crlf = Buffer.from('\r\n');

/** How far the mail server has come with telling of it. */
type Phase = 'envelope' | 'header' | 'body';

/** One message as the mail server tells of it, put together again byte for byte (promise P4). */
export class MessageInProgress implements AsyncDisposable {
  readonly mail: PathCommand;
  readonly accepted: PathCommand[] = [];
  readonly #keeper: ContentKeeper;
  readonly #maxBytes: number;
  readonly #lines = new LineCheck();
  #phase: Phase = 'envelope';
  #sizeBytes = 0;
  #fault: DataFault | null = null;
  #cause: Error | null = null;

  constructor(mail: PathCommand, limits: { readonly spool: Spool; readonly maxBytes: number }) {
    this.mail = mail;
    this.#keeper = new ContentKeeper(limits.spool);
    this.#maxBytes = limits.maxBytes;
  }

  get isInEnvelope(): boolean {
    return this.#phase === 'envelope';
  }

  /** @throws MilterFault where a field cannot come now. */
  async header(name: Buffer, value: Buffer, leadingSpace: boolean): Promise<void> {
    this.#enter('header', this.#phase !== 'body');
    const bytes = fieldBytes(name, value, leadingSpace);
    if (bytes === null) this.#fault ??= value.includes(0) ? 'nul' : 'bare-line-ending';
    else await this.#keep(bytes);
  }

  /** @throws MilterFault where there is no header section to end. */
  async endOfHeader(): Promise<void> {
    this.#enter('body', this.#phase !== 'body');
    await this.#keep(crlf);
  }

  /** @throws MilterFault where the header section has not ended. */
  async body(chunk: Buffer): Promise<void> {
    this.#enter('body', this.#phase === 'body');
    this.#lines.push(chunk);
    await this.#keep(chunk);
  }

  /** All of it, and why it cannot be taken, if so. Disposing of the content is the caller's. */
  finish(): { readonly reception: Reception; readonly fault: DataFault | null } {
    const fault = this.#fault ?? this.#lines.fault;
    return this.#cause === null
      ? { reception: { kind: 'received', content: this.#keeper.content() }, fault }
      : { reception: { kind: 'not-kept', cause: this.#cause }, fault };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#keeper[Symbol.asyncDispose]();
  }

  #enter(phase: Phase, isInOrder: boolean): void {
    if (this.accepted.length === 0)
      throw new MilterFault('protocol', 'a message without recipients');
    if (!isInOrder) throw new MilterFault('protocol', 'parts of a message out of order');
    this.#phase = phase;
  }

  /** What is not taken is only read to its end: there the mail server waits for our reply. */
  async #keep(bytes: Buffer): Promise<void> {
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > this.#maxBytes) this.#fault ??= 'too-large';
    if (this.#fault !== null) await this.#keeper[Symbol.asyncDispose]();
    else this.#cause ??= await this.#keeper.keep(bytes);
  }
}
