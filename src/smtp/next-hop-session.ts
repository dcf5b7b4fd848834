import { parseCapabilities, type Capabilities } from './capabilities.ts';
import { connectNextHop } from './connect-next-hop.ts';
import type { Content } from './content.ts';
import { LockStepClient, nextHopLost } from './lock-step-client.ts';
import type { NextHopSettings } from './next-hop-settings.ts';
import { renderPathCommand, type PathCommand } from './path-command.ts';
import { isPositive, SmtpError, type Reply } from './reply.ts';
import type { Connection } from './transaction.ts';
import { xclientCommands } from './xclient.ts';

type XclientDialogue = {
  readonly commands: readonly string[];
  readonly helo: string;
  readonly deadlineMs: number;
};

/** An SMTP session with the next hop, on behalf of one client. All methods but `quit` throw SmtpError when it is lost. */
export class NextHopSession {
  readonly capabilities: Capabilities;
  readonly #client: LockStepClient;
  readonly #settings: NextHopSettings;
  #inTransaction = false;

  private constructor(
    client: LockStepClient,
    settings: NextHopSettings,
    capabilities: Capabilities,
  ) {
    this.#client = client;
    this.#settings = settings;
    this.capabilities = capabilities;
  }

  /**
   * Opens a session, as `connection` where the next hop takes XCLIENT.
   * @throws SmtpError with the reply for the client: 451 4.4.1, or what the next hop said to XCLIENT or EHLO.
   */
  static async open(
    settings: NextHopSettings,
    { connection, signal }: { connection: Connection | null; signal: AbortSignal },
  ): Promise<NextHopSession> {
    const { socket, ehlo } = await connectNextHop(settings, signal);
    const client = new LockStepClient(socket);
    const stop = (): void => client.destroy();
    signal.addEventListener('abort', stop);
    try {
      let capabilities = parseCapabilities(
        ehlo ?? (await client.command(`EHLO ${settings.hostname}`, settings.replyMs)),
      );
      const offered = capabilities.get('XCLIENT');
      if (connection !== null && offered !== undefined) {
        capabilities = await speakFor(client, {
          commands: xclientCommands(connection, offered),
          helo: connection.helo,
          deadlineMs: settings.replyMs,
        });
      }
      return new NextHopSession(client, settings, capabilities);
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
    const answer = await this.#exchange(renderPathCommand(command));
    this.#inTransaction = isPositive(answer);
    return answer;
  }

  rcpt(command: PathCommand): Promise<Reply> {
    return this.#exchange(renderPathCommand(command));
  }

  /** DATA, the prefix, the content and the final dot, unless `mayCommit` says no right before it. */
  async data(prefix: Buffer, content: Content, mayCommit: () => Promise<boolean>): Promise<Reply> {
    const goAhead = await this.#exchange('DATA', 354);
    if (goAhead.code !== 354) {
      await this.reset();
      return goAhead;
    }
    const { replyMs, finalReplyMs } = this.#settings;
    const message = concatenate(prefix, content.stream() as AsyncIterable<Buffer>);
    const answer = await this.#client.sendMessage(message, {
      stallMs: replyMs,
      finalReplyMs,
      mayCommit,
    });
    this.#inTransaction = false;
    return this.#checked(answer);
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

/** XCLIENT, answered by a new greeting each time, then EHLO (XCLIENT_README). */
async function speakFor(
  client: LockStepClient,
  { commands, helo, deadlineMs }: XclientDialogue,
): Promise<Capabilities> {
  for (const command of commands) {
    const greeting = await client.command(command, deadlineMs);
    // To go on without it would be to go on with our own address, which the next hop may trust.
    if (!isPositive(greeting))
      throw nextHopLost(new Error(`XCLIENT was refused with ${greeting.code}`));
  }
  // The name in EHLO replaces the one in XCLIENT, so it must be the client's; a refusal is meant for the client, too.
  const answer = await client.command(`EHLO ${helo}`, deadlineMs);
  if (!isPositive(answer))
    throw new SmtpError(answer, { cause: new Error("the client's EHLO name was refused") });
  return parseCapabilities(answer);
}

async function* concatenate(
  prefix: Buffer,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  yield prefix;
  yield* content;
}
