import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { SMTPServer } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { ClientSession, type SessionOptions } from './client-session.ts';
import { CommandStream } from './command-stream.ts';
import { confirmedHostname, type ReverseResolver } from './confirmed-hostname.ts';
import { DataReceiver, type BareLineEndings } from './data-receiver.ts';
import { keepContent } from './received-content.ts';
import { refuseMessage } from './refuse-message.ts';
import { reply, type Reply } from './reply.ts';
import type { Connection } from './transaction.ts';

export type ConnectionOptions = SessionOptions & {
  readonly bareLineEndings: BareLineEndings;
  readonly resolver: ReverseResolver;
  readonly reverseLookupMs: number;
};

type Callback = () => void;

/** The SMTP server side of one client: reads commands and bytes, writes replies; what they mean is in the session. */
export class ClientConnection extends SMTPConnection {
  readonly closed: Promise<unknown>;
  readonly #options: ConnectionOptions;
  readonly #session: ClientSession;
  readonly #closed = Promise.withResolvers<undefined>();
  readonly #hostname: Promise<string | null>;
  #helo = '';
  #extended = false;
  #working = false;
  #draining = false;

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
    // Started now and awaited at MAIL: a slow DNS server must not delay the greeting.
    this.#hostname = confirmedHostname(
      this.remoteAddress,
      options.resolver,
      options.reverseLookupMs,
    );
  }

  /** 421 and close: now where the session is idle, else after the transaction that is open. */
  drain(): void {
    this.#draining = true;
    this.#leaveWhenIdle();
  }

  /** 421 and close, whatever is going on. */
  terminate(): void {
    this.#session.abort();
    this.#leave();
  }

  /** Without smtp-server's fixed delay of 100 ms. */
  override init(): void {
    this._setListeners(() => {
      const { maxClients = Infinity } = this._server.options;
      if (this._server.connections.size <= maxClients) this.connectionReady();
      else this.send(421, `${this.name} Too many sessions, try again later`, false);
    });
  }

  override _createParser(): CommandStream {
    const parser = new CommandStream({ maxCommandLength: this._server.options.maxCommandLength });
    parser.oncommand = (command, callback) => this._onCommand(command, callback);
    parser.on('error', (error) => this.send(421, error.message));
    return parser;
  }

  override _onClose(): void {
    super._onClose();
    void this.#session.close().finally(() => this.#closed.resolve(undefined));
  }

  override handler_EHLO(command: Buffer, callback: Callback): void {
    void this.#work(callback, async () => this.#greet(command, true));
  }

  override handler_HELO(command: Buffer, callback: Callback): void {
    void this.#work(callback, async () => this.#greet(command, false));
  }

  override handler_MAIL(command: Buffer, callback: Callback): void {
    void this.#work(callback, () => this.#session.mail(command));
  }

  override handler_RCPT(command: Buffer, callback: Callback): void {
    void this.#work(callback, () => this.#session.rcpt(command));
  }

  override handler_RSET(_command: Buffer, callback: Callback): void {
    void this.#work(callback, async () => {
      await this.#session.reset();
      return reply(250, '2.0.0', 'Flushed');
    });
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
    const { bareLineEndings, maxMessageBytes } = this.#options;
    const receiver = new DataReceiver(bareLineEndings, maxMessageBytes);
    const parser = this._parser;
    const stream = parser.receiveData(receiver);
    // smtp-server looks at it: no idle timeout while we decide, an error in it when the client goes away.
    this._dataStream = stream;
    this.send(354, 'End data with <CR><LF>.<CR><LF>', false);
    callback();
    void this.#work(
      () => parser.continue(),
      () => this.#receive(stream, receiver),
    );
  }

  async #receive(stream: Readable, receiver: DataReceiver): Promise<Reply | null> {
    const content = await keepContent(stream).catch(() => null);
    if (content === null) {
      await this.#session.reset(); // the client went away in the middle of the message
      return null;
    }
    await using kept = content;
    const refusal = await refuseMessage(receiver.fault, kept);
    const answer = refusal ?? (await this.#session.message(kept));
    if (refusal !== null) await this.#session.reset();
    this._dataStream = false;
    return answer;
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
      lines: [this.name, ...(await this.#session.greet(extended))],
    };
  }

  async #connection(): Promise<Connection> {
    return {
      clientAddress: this.remoteAddress,
      clientPort: this.remotePort,
      clientHostname: await this.#hostname,
      helo: this.#helo,
      protocol: this.secure ? 'ESMTPS' : this.#extended ? 'ESMTP' : 'SMTP',
    };
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
