import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { SMTPServer } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { gatherWrites } from '../gathered-writes.ts';
import { ClientIdentity, type IdentityOptions } from './client-identity.ts';
import { ClientSession, type SessionOptions } from './client-session.ts';
import { CommandStream } from './command-stream.ts';
import type { ClientLimits } from './address-limits.ts';
import { DataPace } from './data-pace.ts';
import { DataReceiver, type BareLineEndings } from './data-receiver.ts';
import { readForwardedClient } from './forwarded-client.ts';
import type { LimitReason, SmtpLimits } from './limits.ts';
import { receiveContent } from './received-content.ts';
import { refuseReception, type MessageLimits } from './refuse-message.ts';
import { isPositive, reply, type Reply } from './reply.ts';
import type { Connection } from './transaction.ts';

export type ConnectionOptions = SessionOptions &
  IdentityOptions & {
    readonly bareLineEndings: BareLineEndings;
    /** Whether there is a certificate. */
    readonly offersTls: boolean;
    readonly limits: SmtpLimits & MessageLimits;
    readonly clients: ClientLimits;
  };

type Callback = () => void;

const turnedAway: Partial<Readonly<Record<LimitReason, string>>> = {
  sessions: 'Too many sessions, try again later',
  'address-sessions': 'Too many sessions from your address, try again later',
  'connection-rate': 'Too many connections from your address, try again later',
};

/** The SMTP server side of one client: reads commands and bytes, writes replies; what they mean is in the session. */
export class ClientConnection extends SMTPConnection {
  readonly closed: Promise<unknown>;
  readonly #options: ConnectionOptions;
  readonly #session: ClientSession;
  readonly #closed = Promise.withResolvers<undefined>();
  readonly #identity: ClientIdentity;
  #helo = '';
  #extended = false;
  #working = false;
  #draining = false;
  #errors = 0;
  #leaveAddress: Callback = () => undefined;

  constructor(
    server: SMTPServer,
    accepted: { socket: Socket; options: SMTPConnectionOptions },
    options: ConnectionOptions,
  ) {
    super(server, accepted.socket, accepted.options);
    this.#options = options;
    this.#session = new ClientSession(options, {
      connection: () => this.#connection(),
      isThere: () => !this._socket.destroyed && !this._socket.readableEnded,
    });
    this.closed = this.#closed.promise;
    const peer = { address: this.remoteAddress, port: this.remotePort };
    this.#identity = new ClientIdentity(peer, options);
  }

  /** 421 and close: now where the session is idle, else after the transaction that is open. */
  drain(): void {
    this.#draining = true;
    this.#leaveWhenIdle();
  }

  /** The next hop has the message: to leave before its reply has been passed on would make a duplicate. */
  get isOwedReply(): boolean {
    return this.#working && this.#session.isHandedOver;
  }

  /** 421 and close, whatever is going on. */
  terminate(): void {
    this.#session.abort();
    this.#leave();
  }

  /** Without smtp-server's fixed delay of 100 ms. */
  override init(): void {
    this._setListeners(() => void this.#enter());
  }

  /** Also counts errors: who makes nothing else is guessing addresses, or is no mail server. */
  override send(code: number, data: string | string[], context?: string | false): void {
    super.send(code, data, context);
    if (code < 500 || ++this.#errors !== this.#options.limits.maxErrors) return;
    this.#options.onRefused('errors');
    this.#answer(reply(421, '4.7.0', 'Too many errors'));
  }

  override _createParser(): CommandStream {
    const parser = new CommandStream({ maxCommandLength: this._server.options.maxCommandLength });
    parser.oncommand = (command, callback) => {
      if (parser.hasMore && this.#mustWait(command)) this.#breakOff();
      else this._onCommand(command, callback);
    };
    parser.onbarelinefeed = (callback) => {
      this.#answer(reply(500, '5.5.2', 'Bare LF at the end of a command'));
      callback();
    };
    parser.on('error', (error) => this.send(421, error.message));
    return parser;
  }

  override _onClose(): void {
    super._onClose();
    this.#leaveAddress();
    void this.#session.close().finally(() => this.#closed.resolve(undefined));
  }

  override handler_EHLO(command: Buffer, callback: Callback): void {
    void this.#work(callback, async () => this.#greet(command, true));
  }

  override handler_HELO(command: Buffer, callback: Callback): void {
    void this.#work(callback, async () => this.#greet(command, false));
  }

  override handler_MAIL(command: Buffer, callback: Callback): void {
    void this.#work(callback, async () => {
      if (await this.#options.clients.admitMessage(this.#identity.address))
        return this.#session.mail(command);
      this.#options.onRefused('message-rate');
      return reply(450, '4.7.1', 'Too many messages from your address, try again later');
    });
  }

  override handler_RCPT(command: Buffer, callback: Callback): void {
    void this.#work(callback, () => this.#session.rcpt(command));
  }

  override handler_RSET(_command: Buffer, callback: Callback): void {
    void this.#work(callback, async () => {
      await this.#session.reset();
      this.#identity.endTransaction();
      return reply(250, '2.0.0', 'Flushed');
    });
  }

  /** RFC 3207 §4.2: everything the client said in plain text is forgotten, here and at the next hop. */
  override handler_STARTTLS(command: Buffer, callback: Callback): void {
    void this.#session.forget().finally(() => {
      this.#helo = '';
      this.#extended = false;
      super.handler_STARTTLS(command, callback);
    });
  }

  override handler_XCLIENT(command: Buffer, callback: Callback): void {
    void this.#work(callback, () => this.#forward('XCLIENT', command));
  }

  override handler_XFORWARD(command: Buffer, callback: Callback): void {
    void this.#work(callback, () => this.#forward('XFORWARD', command));
  }

  override handler_QUIT(command: Buffer, callback: Callback): void {
    super.handler_QUIT(command, callback);
    void this.#session.close();
  }

  override handler_VRFY(_command: Buffer, callback: Callback): void {
    this.#answer(reply(502, '5.5.1', 'Command not implemented'));
    callback();
  }

  override handler_HELP(command: Buffer, callback: Callback): void {
    this.handler_VRFY(command, callback);
  }

  override handler_DATA(_command: Buffer, callback: Callback): void {
    const refusal = this.#session.refuseData();
    if (refusal !== null || !(this._parser instanceof CommandStream)) {
      if (refusal !== null) this.#answer(refusal);
      callback();
      return;
    }
    const { bareLineEndings, maxMessageBytes, limits } = this.#options;
    const receiver = new DataReceiver(bareLineEndings, maxMessageBytes);
    const pace = new DataPace(limits, () => this.#cutSlow());
    const parser = this._parser;
    const stream = parser.receiveData(receiver, pace);
    stream.once('close', () => pace[Symbol.dispose]()); // the client went away in the middle
    // smtp-server looks at it: no idle timeout while we decide, an error in it when the client goes away.
    this._dataStream = stream;
    gatherWrites(this._socket);
    this.send(354, 'End data with <CR><LF>.<CR><LF>', false);
    callback();
    void this.#work(
      () => parser.continue(),
      () => this.#receive(stream, receiver).finally(() => this.#identity.endTransaction()),
    );
  }

  async #enter(): Promise<void> {
    const admission = await this.#options.clients.admit(this.remoteAddress);
    if (!admission.ok) {
      this.#turnAway(admission.reason);
      return;
    }
    // Whoever went away meanwhile, or was sent away, is not seen to leave any more.
    if (this._socket.destroyed || this.#draining) {
      admission.leave();
      return;
    }
    this.#leaveAddress = admission.leave;
    this.connectionReady();
  }

  async #receive(stream: Readable, receiver: DataReceiver): Promise<Reply | null> {
    const reception = await receiveContent(stream, this.#options.spool);
    await using kept = reception.kind === 'received' ? reception.content : null;
    if (reception.kind === 'not-kept') this.#options.onError(reception.cause);
    const refusal = await refuseReception(reception, receiver.fault, this.#options.limits);
    this._dataStream = false;
    if (refusal === null && kept !== null && !this._socket.destroyed) {
      const answer = await this.#session.message(kept);
      if (isPositive(answer)) this.#errors = 0;
      return answer;
    }
    await this.#session.reset();
    if (refusal?.reason) this.#options.onRefused(refusal.reason);
    return refusal?.reply ?? null;
  }

  /**
   * Whether this command must be the last one in a segment: everything where PIPELINING was not announced, and DATA
   * where it gets a 354 (RFC 2920 §3.1): what stands behind it was not written by one who speaks SMTP.
   */
  #mustWait(command: Buffer): boolean {
    const isData = /^DATA\b/i.test(command.toString('latin1', 0, 5));
    return !this.#extended || (isData && this.#session.refuseData() === null);
  }

  #breakOff(): void {
    this.#answer(reply(554, '5.5.0', 'SMTP synchronization error: wait for the reply'));
    this.close();
  }

  /** RFC 5321 §3.8: 421 at any time. The rest of the message goes nowhere. */
  #cutSlow(): void {
    this.#options.onRefused('slow-data');
    if (this._dataStream) this._dataStream.destroy(new Error('the client is too slow'));
    this.#answer(reply(421, '4.4.2', 'Message arrives too slowly'));
  }

  #turnAway(reason: LimitReason): void {
    this.#options.onRefused(reason);
    this.send(421, `${this.name} ${turnedAway[reason] ?? ''}`, false);
  }

  async #greet(command: Buffer, extended: boolean): Promise<Reply> {
    const name = command.toString('latin1').slice('EHLO'.length).trim();
    if (!/^\S{1,255}$/.test(name)) return reply(501, '5.5.4', 'Syntax: EHLO hostname');
    this.#helo = name.replaceAll(/[^\x21-\x7e]/g, '?'); // it ends up in header fields and in our own commands
    this.#extended = extended;
    this.hostNameAppearsAs = this.#helo;
    return {
      code: 250,
      enhancedCode: null,
      lines: [this.name, ...(await this.#keywords(extended))],
    };
  }

  async #keywords(extended: boolean): Promise<readonly string[]> {
    this.#identity.endTransaction();
    const keywords = await this.#session.greet(extended);
    if (!extended) return [];
    const offersTls = this.#options.offersTls && !this.secure;
    return [...keywords, ...(offersTls ? ['STARTTLS'] : []), ...this.#identity.keywords];
  }

  /** Postfix XCLIENT_README and XFORWARD_README. */
  async #forward(verb: 'XCLIENT' | 'XFORWARD', command: Buffer): Promise<Reply> {
    if (!this.#identity.mayForward) return reply(550, '5.7.0', 'Not authorized');
    if (this.#session.isInTransaction) return reply(503, '5.5.1', 'Mail transaction in progress');
    const client = readForwardedClient(verb, command.toString('latin1'));
    if (client === null) return reply(501, '5.5.4', `Bad attribute of ${verb}`);
    if (verb === 'XFORWARD') {
      this.#identity.forward(client);
      return reply(250, '2.0.0', 'Ok');
    }
    this.#identity.handOver(client);
    await this.#session.forget();
    this.#helo = '';
    this.#extended = false;
    this.hostNameAppearsAs = false;
    return { code: 220, enhancedCode: null, lines: [`${this.name} ESMTP`] };
  }

  #connection(): Promise<Connection> {
    const protocol = this.secure ? 'ESMTPS' : this.#extended ? 'ESMTP' : 'SMTP';
    return this.#identity.describe({ helo: this.#helo, protocol });
  }

  /** Runs one command to its reply; smtp-server reads the next command after `done`. */
  async #work(done: Callback, job: () => Promise<Reply | null>): Promise<void> {
    this.#working = true;
    try {
      const answer = await job();
      if (answer !== null) this.#answer(answer);
    } catch (error) {
      this.#options.onError(error as Error);
      this.#answer(reply(451, '4.3.0', 'Local error, try again later'));
    }
    this.#working = false;
    this.#leaveWhenIdle();
    done();
  }

  /** Verbatim, so without the enhanced code that smtp-server would add. Closes after 421. */
  #answer({ code, enhancedCode, lines }: Reply): void {
    gatherWrites(this._socket);
    const prefix = enhancedCode === null ? '' : `${enhancedCode} `;
    this.send(
      code,
      lines.map((line) => prefix + line),
      false,
    );
  }

  #leaveWhenIdle(): void {
    if (this.#draining && !this.#working && !this.#session.isInTransaction) this.#leave();
  }

  #leave(): void {
    this.send(421, `${this.name} Service shutting down`);
    this._socket.destroySoon();
  }
}
