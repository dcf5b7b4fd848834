import type { Readable } from 'node:stream';
import { memoryContent, type Content } from './content.ts';

/** Content that is ours until the reply is given; disposing of it frees what holds it. */
export type ReceivedContent = Content & AsyncDisposable;

/** Keeps what arrives, in memory; the receiver bounds it. The only place that knows where received bytes are kept. */
export async function keepContent(chunks: Readable): Promise<ReceivedContent> {
  const kept: Buffer[] = [];
  for await (const chunk of chunks as AsyncIterable<Buffer>) kept.push(chunk);
  return { ...memoryContent(Buffer.concat(kept)), [Symbol.asyncDispose]: () => Promise.resolve() };
}
