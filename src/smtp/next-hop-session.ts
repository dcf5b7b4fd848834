import { parseCapabilities, type Capabilities } from './capabilities.ts';
import { connectNextHop } from './connect-next-hop.ts';
import type { Content } from './content.ts';
import { introduce, sayHello, type Agreement } from './introduce-client.ts';
import { lmtpOutcome } from './lmtp-outcome.ts';
import { LockStepClient, nextHopLost } from './lock-step-client.ts';
import type { NextHopSettings } from './next-hop-settings.ts';
import { renderPathCommand, type PathCommand } from './path-command.ts';
import type { Endpoint } from './proxy-protocol.ts';
import { isPositive, reply, type Reply } from './reply.ts';
import type { Connection } from './transaction.ts';

/** Whom a session is for, null is ourselves; and a signal that gives it up while it is being opened. */
export type OnBehalfOf = { readonly connection: Connection | null; readonly signal: AbortSignal };

/** An SMTP session with the next hop, on behalf of one client. All methods but `quit` throw SmtpError when it is lost. */
export class NextHopSession {
  readonly capabilities: Capabilities;
  /** Whether the next hop was told who the client is. */
  readonly isClientTold: boolean;
  readonly #client: LockStepClient;
  readonly #settings: NextHopSettings;
  readonly #beforeMail: readonly string[];
  #inTransaction = false;
  #recipients = 0;

  private constructor(
    client: LockStepClient,
    settings: NextHopSettings,
    { capabilities, beforeMail, isClientTold }: Agreement,
  ) {
    this.#client = client;
    this.#settings = settings;
    this.capabilities = capabilities;
    this.isClientTold = isClientTold;
    this.#beforeMail = beforeMail;
  }

  /**
   * Opens a session, as `connection` in the way the settings say (`clientIdentity`).
   * @throws SmtpError with the reply for the client: 451 4.4.1, or what the next hop said to XCLIENT or EHLO.
   */
  static async open(
    settings: NextHopSettings,
    { connection, signal }: OnBehalfOf,
  ): Promise<NextHopSession> {
    const { socket, ehlo } = await connectNextHop(settings, {
      client: endpointOf(connection),
      signal,
    });
    const client = new LockStepClient(socket);
    const stop = (): void => client.destroy();
    signal.addEventListener('abort', stop);
    try {
      const capabilities = parseCapabilities(
        ehlo ?? (await sayHello(client, settings, settings.hostname)),
      );
      const agreement =
        connection === null
          ? { capabilities, beforeMail: [], isClientTold: false }
          : await introduce(client, settings, { connection, capabilities });
      return new NextHopSession(client, settings, agreement);
    } catch (error) {
      client.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  async mail(command: PathCommand): Promise<Reply> {
    // What it answers does not matter: XFORWARD only informs its log.
    for (const line of this.#beforeMail) await this.#exchange(line);
    const answer = await this.#exchange(renderPathCommand(command));
    this.#inTransaction = isPositive(answer);
    this.#recipients = 0;
    return answer;
  }

  async rcpt(command: PathCommand): Promise<Reply> {
    const answer = await this.#exchange(renderPathCommand(command));
    if (isPositive(answer)) this.#recipients++;
    return answer;
  }

  /** DATA, the prefix, the content and the final dot, unless `mayCommit` says no right before it. */
  async data(prefix: Buffer, content: Content, mayCommit: () => Promise<boolean>): Promise<Reply> {
    const goAhead = await this.#exchange('DATA', 354);
    if (goAhead.code !== 354) {
      await this.reset();
      return goAhead;
    }
    const { protocol, replyMs, finalReplyMs } = this.#settings;
    const answers = await this.#client.sendMessage(piecesOf(prefix, content), {
      stallMs: replyMs,
      finalReplyMs,
      finalReplies: protocol === 'lmtp' ? this.#recipients : 1,
      mayCommit,
    });
    this.#inTransaction = false;
    for (const answer of answers) this.#checked(answer);
    return lmtpOutcome(answers) ?? nothingSaid;
  }

  /** RSET where a transaction is open. Where it fails the session is closed, which also forgets the transaction. */
  async reset(): Promise<void> {
    if (!this.#inTransaction || !this.isOpen) return;
    this.#inTransaction = false;
    const answer = await this.#exchange('RSET').catch(() => null);
    if (answer === null || !isPositive(answer)) this.destroy();
  }

  quit(): Promise<void> {
    return this.#client.quit();
  }

  destroy(): void {
    this.#client.destroy();
  }

  async #exchange(line: string, intermediate?: 354): Promise<Reply> {
    return this.#checked(await this.#client.command(line, this.#settings.replyMs), intermediate);
  }

  /** After 421 the next hop closes (RFC 5321 §4.2.1), so nothing is sent to it any more. */
  #checked(answer: Reply, intermediate?: 354): Reply {
    if (answer.code === 421) this.destroy();
    const isOutOfPlace =
      intermediate === undefined ? answer.code < 400 && answer.code >= 300 : isPositive(answer);
    if (isOutOfPlace) {
      this.destroy();
      throw nextHopLost(new Error(`the reply ${answer.code} is out of place`));
    }
    return answer;
  }
}

/** A stream of its own costs more than the bytes of a message of this size. */
const readWholeBytes = 65_536;

const nothingSaid = reply(451, '4.4.1', 'Next hop is not available, try again later');

function endpointOf(connection: Connection | null): Endpoint | null {
  return connection === null
    ? null
    : { address: connection.clientAddress, port: connection.clientPort };
}

/** What is at hand at once is not streamed. */
async function* piecesOf(prefix: Buffer, content: Content): AsyncGenerator<Buffer> {
  yield prefix;
  if (content.sizeBytes <= readWholeBytes) yield await content.prefix(content.sizeBytes);
  else yield* content.borrow?.() ?? (content.stream() as AsyncIterable<Buffer>);
}
