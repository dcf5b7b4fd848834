import type { Readable } from 'node:stream';
import { memoryContent, type Content } from './content.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { Spool, SpoolSpace } from './spool.ts';

/** Content that is ours until the reply is given; disposing of it frees what holds it. */
export type ReceivedContent = Content & AsyncDisposable;

export type Reception =
  | { readonly kind: 'received'; readonly content: ReceivedContent }
  /** The message has ended, but could not be kept. `cause` is SpoolFull or what the file system said. */
  | { readonly kind: 'not-kept'; readonly cause: Error }
  /** The client went away in the middle of the message. */
  | { readonly kind: 'interrupted' };

/**
 * Keeps what arrives, in memory up to a threshold and beyond it in a file. What cannot be kept is still read to its end,
 * because a client hears no reply before it has sent its final dot. The only place that knows where received bytes are.
 */
export async function receiveContent(chunks: Readable, spool: Spool): Promise<Reception> {
  const keeper = new ContentKeeper(spool);
  let cause: Error | null = null;
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      cause ??= await keeper.keep(chunk);
    }
  } catch {
    await keeper[Symbol.asyncDispose]();
    return { kind: 'interrupted' };
  }
  return cause === null
    ? { kind: 'received', content: keeper.content() }
    : { kind: 'not-kept', cause };
}

const firstBufferBytes = 16_384;

/** Keeps the chunks of one message, wherever they come from. */
export class ContentKeeper implements AsyncDisposable {
  readonly #spool: Spool;
  readonly #memory = new GrowingBytes(firstBufferBytes);
  #space: SpoolSpace | null = null;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** Why the chunk could not be kept, or null. After a failure nothing is kept any more. */
  async keep(chunk: Buffer): Promise<Error | null> {
    try {
      const isSmall = this.#memory.length + chunk.length <= this.#spool.memoryBytes;
      if (this.#space === null && isSmall) this.#memory.append(chunk);
      else await this.#append(chunk);
      return null;
    } catch (error) {
      await this[Symbol.asyncDispose](); // others need the room while the rest is drained
      return error as Error;
    }
  }

  /** What was kept, once all of it has been. */
  content(): ReceivedContent {
    const content = this.#space?.file.content() ?? memoryContent(this.#memory.bytes);
    this.#memory.clear();
    return { ...content, [Symbol.asyncDispose]: () => this[Symbol.asyncDispose]() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const space = this.#space;
    this.#space = null;
    this.#memory.clear();
    await space?.[Symbol.asyncDispose]();
  }

  async #append(chunk: Buffer): Promise<void> {
    if (this.#space === null) {
      this.#space = await this.#spool.space();
      await this.#space.append(this.#memory.bytes);
      this.#memory.clear();
    }
    await this.#space.append(chunk);
  }
}
