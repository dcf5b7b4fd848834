import type { SessionOptions } from '../smtp/client-session.ts';
import type { Content } from '../smtp/content.ts';
import { parsePathCommand, type PathCommand } from '../smtp/path-command.ts';
import { refuseReception, type MessageLimits } from '../smtp/refuse-message.ts';
import { reply } from '../smtp/reply.ts';
import { newTransactionId } from '../smtp/transaction-id.ts';
import { goOn, replyWith } from './answer.ts';
import { parseCommand, type MilterCommand } from './command.ts';
import { judgeMessage, type JudgeOptions, type WholeMessage } from './judge-message.ts';
import { MessageInProgress } from './message-in-progress.ts';
import { MilterFault } from './milter-fault.ts';
import { MilterTransaction, type MilterPeer } from './milter-transaction.ts';
import { negotiate, type Agreement } from './options.ts';
import type { Packet } from './packet.ts';
import { SessionFacts } from './session-facts.ts';

/** What all sessions of one listener share. */
export type MilterSessionOptions = Pick<
  SessionOptions,
  'maxMessageBytes' | 'maxRecipients' | 'admitRecipient' | 'onRefused' | 'spool' | 'now'
> &
  JudgeOptions & { readonly limits: MessageLimits };

/**
 * One mail server's connection: what it tells of clients and messages, in its order, and what we answer. Whatever it
 * may not say where it says it, is a MilterFault, which ends the connection.
 */
export class MilterSession {
  readonly #options: MilterSessionOptions;
  readonly #peer: MilterPeer;
  #agreement: Agreement | null = null;
  readonly #facts = new SessionFacts();
  #message: MessageInProgress | null = null;

  constructor(options: MilterSessionOptions, peer: MilterPeer) {
    this.#options = options;
    this.#peer = peer;
  }

  get isNegotiated(): boolean {
    return this.#agreement !== null;
  }

  get isInTransaction(): boolean {
    return this.#message !== null;
  }

  /**
   * Does what the packet says. False: the mail server has said goodbye.
   * @throws MilterFault where the connection cannot go on.
   */
  async take(packet: Packet): Promise<boolean> {
    const command = parseCommand(packet);
    if (command.kind === 'quit') return false;
    if (command.kind === 'options') {
      await this.#negotiate(command.offer);
      return true;
    }
    const agreement = this.#agreement;
    if (agreement === null) throw new MilterFault('protocol', 'no options first');
    const answer = await this.#obey(command, agreement);
    if (answer !== null) await this.#peer.send(answer);
    else if (expectsReply(command) && agreement.wantsReplyTo(packet.name))
      await this.#peer.send(goOn);
    return true;
  }

  /** Lets go of what a message that has not ended holds. */
  async close(): Promise<void> {
    const message = this.#message;
    this.#message = null;
    await message?.[Symbol.asyncDispose]();
  }

  async #negotiate(offer: Buffer): Promise<void> {
    if (this.#facts.hasClient) throw new MilterFault('protocol', 'options in a session');
    this.#agreement = negotiate(offer);
    await this.#peer.send(this.#agreement.reply);
  }

  /** The answer, or null where there is no more to say than to go on. */
  async #obey(
    command: Exclude<MilterCommand, { kind: 'options' | 'quit' }>,
    agreement: Agreement,
  ): Promise<Buffer | null> {
    switch (command.kind) {
      case 'macros':
        this.#facts.define(command.stage, command.values);
        return null;
      case 'connect':
        await this.close();
        this.#facts.connect(command.client);
        return null;
      case 'helo':
        await this.close();
        this.#facts.greet(command.name);
        return null;
      case 'mail':
        return this.#mail(command.words);
      case 'rcpt':
        return this.#rcpt(command.words);
      case 'header':
        await this.#current().header(command.name, command.value, agreement.leadingSpace);
        return null;
      case 'end-of-header':
        await this.#current().endOfHeader();
        return null;
      case 'body':
        await this.#current().body(command.chunk);
        return null;
      case 'end-of-body':
        return this.#endOfBody(command.chunk, agreement);
      case 'abort':
        await this.close();
        return null;
      case 'quit-new':
        await this.close();
        this.#facts.forget();
        return null;
      case 'data':
      case 'unknown':
        return null;
    }
  }

  async #mail(words: readonly Buffer[]): Promise<null> {
    if (!this.#facts.hasClient) throw new MilterFault('protocol', 'MAIL of nobody');
    await this.close();
    this.#facts.beginMessage();
    const { spool, maxMessageBytes } = this.#options;
    const limits = { spool, maxBytes: maxMessageBytes };
    this.#message = new MessageInProgress(readPath('MAIL FROM', words), limits);
    return null;
  }

  #rcpt(words: readonly Buffer[]): Buffer | null {
    const { accepted, isInEnvelope } = this.#current();
    if (!isInEnvelope) throw new MilterFault('protocol', 'RCPT in a message');
    const rcpt = readPath('RCPT TO', words);
    const { maxRecipients, admitRecipient, onRefused } = this.#options;
    // RFC 5321 §4.5.3.1.10: the client sends the others in another transaction.
    if (accepted.length >= maxRecipients) {
      onRefused('recipients');
      return replyWith(reply(452, '4.5.3', 'Too many recipients'));
    }
    const before = accepted.map(({ address }) => address);
    const notNow = admitRecipient?.(before, rcpt.address) ?? null;
    if (notNow !== null) return replyWith(notNow);
    accepted.push(rcpt);
    return null;
  }

  /** The answer goes from here, because what is learned depends on whether it could be sent. */
  async #endOfBody(chunk: Buffer, agreement: Agreement): Promise<Buffer | null> {
    await using message = this.#current();
    await message.body(chunk);
    const { limits, onError, onRefused, onOutcome } = this.#options;
    const queueId = this.#facts.macro('i');
    try {
      const { reception, fault } = message.finish();
      if (reception.kind === 'not-kept') onError(reception.cause);
      const refusal = await refuseReception(reception, fault, limits);
      if (refusal?.reason) onRefused(refusal.reason);
      if (refusal !== null || reception.kind !== 'received') {
        onOutcome('refused', { id: '', queueId });
        return replyWith(refusal?.reply ?? reply(451, '4.3.0', 'Local error, try again later'));
      }
      const whole = this.#whole(message, reception.content, agreement);
      return await judgeMessage(whole, this.#options);
    } finally {
      this.#message = null;
      this.#facts.endMessage();
    }
  }

  #whole(message: MessageInProgress, content: Content, { leadingSpace }: Agreement): WholeMessage {
    const { now, limits } = this.#options;
    const { mail, accepted } = message;
    const receivedAt = now();
    const id = newTransactionId(receivedAt);
    const queueId = this.#facts.macro('i');
    const transaction = {
      id,
      ...(queueId === '' ? {} : { queueId }),
      receivedAt,
      connection: this.#facts.connection(),
      envelope: {
        mailFrom: mail.address,
        rcptTo: accepted.map(({ address }) => address),
        mailParameters: mail.parameters,
        rcptParameters: accepted.map(({ parameters }) => parameters),
      },
      content,
    };
    const mta = new MilterTransaction({
      peer: this.#peer,
      received: content,
      maxHeaderBytes: limits.maxHeaderBytes,
      leadingSpace,
      id,
    });
    return { transaction, mta, isOfUser: this.#facts.macro('auth_authen') !== '' };
  }

  #current(): MessageInProgress {
    if (this.#message === null) throw new MilterFault('protocol', 'no MAIL first');
    return this.#message;
  }
}

function expectsReply({ kind }: MilterCommand): boolean {
  return !['macros', 'abort', 'quit', 'quit-new', 'end-of-body'].includes(kind);
}

function readPath(
  verb: PathCommand['verb'],
  [address = Buffer.alloc(0), ...parameters]: readonly Buffer[],
): PathCommand {
  const said = address.toString('latin1').trim();
  const path = said.startsWith('<') ? said : `<${said}>`;
  const words = parameters.map((parameter) => parameter.toString('latin1'));
  const line = Buffer.from(`${verb}:${[path, ...words].join(' ')}`, 'latin1');
  const read = parsePathCommand(verb, line);
  if (read === null) throw new MilterFault('protocol', `${verb} with a bad address`);
  return read;
}
