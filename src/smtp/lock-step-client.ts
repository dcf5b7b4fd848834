import type { Socket } from 'node:net';
import { gatherWrites } from '../gathered-writes.ts';
import { DotStuffing } from './dot-stuffing.ts';
import { reply, SmtpError, type Reply } from './reply.ts';
import { ReplyParser } from './reply-parser.ts';

/** Written at once: less waits for more, or for the final dot, so that most mail is one segment and one system call. */
const pieceBytes = 65_536;
const finalDot = Buffer.from('.\r\n');
const quitDeadlineMs = 2_000;

export type SendOptions = {
  /** Longest time the next hop may refuse to take more bytes. */
  readonly stallMs: number;
  readonly finalReplyMs: number;
  /** How many replies follow the final dot: one, or with LMTP one per recipient. */
  readonly finalReplies: number;
  /** Asked right before the final dot; on false the connection is dropped without it. */
  readonly mayCommit: () => Promise<boolean>;
};

/** 451 4.4.1: the next hop is unreachable, lost, silent or not speaking SMTP. The client keeps the mail. */
export function nextHopLost(cause: Error): SmtpError {
  return new SmtpError(reply(451, '4.4.1', 'Next hop is not available, try again later'), {
    cause,
  });
}

/**
 * One command, one reply, on a connected socket. Every failure closes the socket, because nobody can know any more
 * which reply belongs to which command.
 */
export class LockStepClient {
  readonly #socket: Socket;
  readonly #parser = new ReplyParser();
  #lost: Error | null = null;
  #waiting: (PromiseWithResolvers<readonly Reply[]> & { readonly missing: number }) | null = null;
  #replies: Reply[] = [];
  #sending = false;
  /** A reply to DATA that came before the final dot. */
  #early: Reply | null = null;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#lose(error));
    socket.on('close', () => this.#lose(new Error('the next hop closed the connection')));
    if (socket.destroyed) this.#lose(new Error('the next hop closed the connection'));
  }

  get isOpen(): boolean {
    return this.#lost === null;
  }

  /**
   * Sends one line and returns its reply.
   * @throws SmtpError 451 when the connection is or gets lost, or `deadlineMs` pass.
   */
  async command(line: string, deadlineMs: number): Promise<Reply> {
    if (/[\r\n]/.test(line)) throw new Error('a command with a line ending inside');
    if (this.#waiting !== null) throw new Error('a command while another one waits for its reply');
    gatherWrites(this.#socket); // not for the final dot, which leaves as soon as it may
    const [answer] = await this.#exchange(`${line}\r\n`, { deadlineMs, replies: 1 });
    return answer ?? noReply();
  }

  /**
   * The message after a 354, dots stuffed, and the final dot. A refusal that arrives before the dot is the reply. A piece
   * of 64 KiB and more has been written when the next one is asked for; after a refusal none is asked for.
   * @throws when the message cannot be read or sent as a whole; the connection is then closed without the dot.
   */
  async sendMessage(
    message: AsyncIterable<Buffer>,
    options: SendOptions,
  ): Promise<readonly Reply[]> {
    try {
      const stuffing = new DotStuffing();
      let unsent: Buffer[] = [];
      for await (const chunk of message) {
        unsent.push(stuffing.push(chunk));
        if (lengthOf(unsent) < pieceBytes) continue;
        await this.#write(joined(unsent), options.stallMs);
        // The next piece may come in memory that still waits to be sent: what is not asked for overwrites nothing.
        if (this.#early !== null) return [this.#refusedEarly(this.#early)];
        unsent = [];
      }
      unsent.push(stuffing.end());
      this.#mustStand();
      if (!(await options.mayCommit())) throw clientGone();
      if (this.#early !== null) return [this.#refusedEarly(this.#early)];
      this.#sending = false;
      return await this.#exchange(joined([...unsent, finalDot]), {
        deadlineMs: options.finalReplyMs,
        replies: options.finalReplies,
      });
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      this.#sending = false;
    }
  }

  /** QUIT and close. At once, without QUIT, when a reply is still awaited. */
  async quit(): Promise<void> {
    if (this.isOpen && this.#waiting === null && !this.#sending) {
      await this.command('QUIT', quitDeadlineMs).catch(() => null);
    }
    this.destroy();
  }

  destroy(): void {
    this.#lose(new Error('the connection to the next hop was closed'));
  }

  async #exchange(
    bytes: string | Buffer,
    { deadlineMs, replies }: { readonly deadlineMs: number; readonly replies: number },
  ): Promise<readonly Reply[]> {
    if (this.#lost !== null) throw nextHopLost(this.#lost);
    this.#replies = [];
    this.#waiting = { ...Promise.withResolvers(), missing: replies };
    const timer = setTimeout(
      () => this.#lose(new Error(`no reply within ${deadlineMs} ms`)),
      deadlineMs,
    );
    this.#socket.write(bytes);
    try {
      return await this.#waiting.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(chunk: Buffer): void {
    try {
      for (const answer of this.#parser.push(chunk)) this.#settle(answer);
    } catch (error) {
      this.#lose(error as Error);
    }
  }

  #settle(answer: Reply): void {
    const waiting = this.#waiting;
    if (waiting !== null) {
      this.#replies.push(answer);
      // After a 421 nothing more comes (RFC 5321 §3.8).
      if (this.#replies.length < waiting.missing && answer.code !== 421) return;
      this.#waiting = null;
      this.#sending = answer.code === 354; // whatever comes next is about the message
      waiting.resolve(this.#replies);
    } else if (this.#sending) {
      this.#early ??= answer;
      this.#wake();
    } else {
      this.#lose(new Error(`unexpected reply ${answer.code}`)); // mostly 421: idle for too long
    }
  }

  #refusedEarly(answer: Reply): Reply {
    if (answer.code < 400)
      throw nextHopLost(new Error(`${answer.code} before the message was sent`));
    this.destroy();
    return answer;
  }

  async #write(data: Buffer, stallMs: number): Promise<void> {
    for (let at = 0; at < data.length && this.#early === null; at += pieceBytes) {
      if (this.#lost !== null) throw nextHopLost(this.#lost);
      await this.#writePart(data.subarray(at, at + pieceBytes), stallMs);
    }
    this.#mustStand();
  }

  /** A next hop that refused and closed has still refused. */
  #mustStand(): void {
    if (this.#lost !== null && this.#early === null) throw nextHopLost(this.#lost);
  }

  /** Resolves when the next hop has taken them, has answered early, or is lost. */
  async #writePart(part: Buffer, stallMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => resolve(undefined);
    const timer = setTimeout(
      () => this.#lose(new Error(`took no bytes for ${stallMs} ms`)),
      stallMs,
    );
    this.#socket.write(part, (error) => {
      if (error) this.#lose(error);
      resolve(undefined);
    });
    await promise;
    clearTimeout(timer);
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    this.#socket.destroy();
    this.#waiting?.reject(nextHopLost(this.#lost));
    this.#waiting = null;
    this.#wake();
  }
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((total, { length }) => total + length, 0);
}

/** Without a copy where there is one only. */
function joined(pieces: readonly Buffer[]): Buffer {
  const [first, ...others] = pieces;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(pieces);
}

function noReply(): never {
  throw nextHopLost(new Error('no reply'));
}

function clientGone(): SmtpError {
  const cause = new Error('the client went away before the message was committed');
  return new SmtpError(reply(451, '4.4.2', 'Client connection lost'), { cause });
}
