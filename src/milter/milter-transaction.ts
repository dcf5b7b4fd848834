import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Content } from '../smtp/content.ts';
import type { NextHopTransaction } from '../smtp/next-hop.ts';
import { reply, type Reply } from '../smtp/reply.ts';
import { goOn, maxBodyChunkBytes, quarantine, replaceBody } from './answer.ts';
import { bodyOf, changeFields, putOnTop, readSection, type Section } from './modifications.ts';

/** The mail server at the other end of a session. */
export type MilterPeer = {
  /** Resolves once the bytes are on their way; rejects where nobody is there any more. */
  readonly send: (bytes: Buffer) => Promise<void>;
};

export type MilterTransactionOptions = {
  readonly peer: MilterPeer;
  /** The message as the mail server has it. */
  readonly received: Content;
  readonly maxHeaderBytes: number;
  readonly leadingSpace: boolean;
  /** What the sender of a held message is told to ask for, and the operator finds it by. */
  readonly id: string;
};

type Changed = { readonly prefix: Buffer; readonly content: Content };

const taken = reply(250, '2.0.0', 'Taken by the mail server');
const gone = reply(451, '4.4.2', 'The mail server is not there any more');

/**
 * The message that the mail server has and asks us about: it is told what to change in it, and takes or holds it. What
 * it makes of it then (another filter may refuse it) we never hear.
 */
export class MilterTransaction implements NextHopTransaction {
  readonly #options: MilterTransactionOptions;
  #wasHeld = false;
  #isAnswered = false;

  constructor(options: MilterTransactionOptions) {
    this.#options = options;
  }

  /** Whether the mail server has its answer. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  get wasHeld(): boolean {
    return this.#wasHeld;
  }

  deliver(prefix: Buffer, content: Content): Promise<Reply> {
    return this.#answer({ prefix, content }, []);
  }

  async hold(prefix: Buffer, content: Content, reason: string): Promise<Reply> {
    const why = `Aliaswatch ${this.#options.id}: ${reason}`;
    const answer = await this.#answer({ prefix, content }, [quarantine(why)]);
    this.#wasHeld = answer === taken;
    return answer;
  }

  abandon(): Promise<void> {
    return Promise.resolve();
  }

  async #answer(changed: Changed, last: readonly Buffer[]): Promise<Reply> {
    const { peer, leadingSpace } = this.#options;
    const head = await this.#changes(changed.content);
    this.#isAnswered = true;
    try {
      await peer.send(Buffer.concat([...head.packets, ...putOnTop(changed.prefix, leadingSpace)]));
      if (head.newBodyAt !== null) await this.#sendBody(changed.content, head.newBodyAt);
      await peer.send(Buffer.concat([...last, goOn]));
      return taken;
    } catch {
      return gone;
    }
  }

  /** `newBodyAt` is where the body to send begins; null where it stays as it is. */
  async #changes(
    content: Content,
  ): Promise<{ readonly packets: readonly Buffer[]; readonly newBodyAt: number | null }> {
    const { received, maxHeaderBytes, leadingSpace } = this.#options;
    if (content === received) return { packets: [], newBodyAt: null };
    const before = await readSection(received, maxHeaderBytes);
    // What was inserted can make the section longer than what we take.
    const after = await readSection(content, 2 * maxHeaderBytes);
    const isSame = await sameBody([received, before], [content, after]);
    return {
      packets: changeFields(before.head, after.head, leadingSpace),
      newBodyAt: isSame ? null : after.bodyAt,
    };
  }

  async #sendBody(content: Content, at: number): Promise<void> {
    let isEmpty = true;
    for await (const chunk of bodyOf(content, at, maxBodyChunkBytes)) {
      isEmpty = false;
      await this.#options.peer.send(replaceBody(chunk));
    }
    if (isEmpty) await this.#options.peer.send(replaceBody(Buffer.alloc(0)));
  }
}

type Part = readonly [content: Content, section: Section];

async function sameBody(left: Part, right: Part): Promise<boolean> {
  const sizes = [left, right].map(([content, { bodyAt }]) => content.sizeBytes - bodyAt);
  if (sizes[0] !== sizes[1]) return false;
  const [one, other] = await Promise.all([digest(left), digest(right)]);
  return one.equals(other);
}

async function digest([content, { bodyAt }]: Part): Promise<Buffer> {
  const hash = createHash('sha256');
  await pipeline(bodyOf(content, bodyAt, maxBodyChunkBytes), hash);
  return hash.read() as Buffer;
}
