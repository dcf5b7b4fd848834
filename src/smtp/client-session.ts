import { announcedKeywords, headerOverheadBytes, messageLimitBytes } from './capabilities.ts';
import type { Content } from './content.ts';
import {
  declaredSizeBytes,
  refuseAddress,
  refuseMissing,
  refuseParameters,
  refuseSize,
  wantsSmtpUtf8,
  withSize,
} from './esmtp-parameters.ts';
import type { LearnedCapabilities } from './learned-capabilities.ts';
import { MirroredTransaction } from './mirrored-transaction.ts';
import type { NextHopTransaction } from './next-hop.ts';
import { NextHopSession } from './next-hop-session.ts';
import type { NextHopSettings } from './next-hop-settings.ts';
import { parsePathCommand, type PathCommand } from './path-command.ts';
import { isPositive, reply, SmtpError, type Reply } from './reply.ts';
import { newTransactionId } from './transaction-id.ts';
import type { Connection, Transaction } from './transaction.ts';

export type Handle = (transaction: Transaction, nextHop: NextHopTransaction) => Promise<Reply>;

/** What all sessions of one front hop share. */
export type SessionOptions = {
  readonly nextHop: NextHopSettings;
  readonly maxMessageBytes: number;
  readonly maxRecipients: number;
  readonly handle: Handle;
  readonly onError: (error: Error) => void;
  /** What a message is stamped with on receipt. */
  readonly now: () => Date;
  readonly capabilities: LearnedCapabilities;
};

/** What a session asks of the socket under it. */
export type Client = {
  /** Facts of the connection as they are now; waits for the name of the client, bounded. */
  connection(): Promise<Connection>;
  isThere(): boolean;
};

type OpenTransaction = {
  readonly mail: PathCommand;
  readonly accepted: PathCommand[];
  readonly nextHop: NextHopSession;
};

const localError = reply(451, '4.3.0', 'Local error, try again later');
const lost = reply(451, '4.4.1', 'Next hop is not available, try again later');

/**
 * One client's session and its mirror at the next hop: MAIL and RCPT are answered by the next hop itself. The next-hop
 * session is opened by the first MAIL, serves all transactions of this client and no other (XCLIENT holds per session).
 */
export class ClientSession {
  readonly #options: SessionOptions;
  readonly #client: Client;
  readonly #closing = new AbortController();
  #nextHop: NextHopSession | null = null;
  #open: OpenTransaction | null = null;
  #announced: readonly string[] = [];
  #delivery: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions, client: Client) {
    this.#options = options;
    this.#client = client;
  }

  get isInTransaction(): boolean {
    return this.#open !== null;
  }

  /** EHLO (or HELO, with `extended` false) ends a transaction (RFC 5321 §4.1.4) and gives the keywords to announce. */
  async greet(extended: boolean): Promise<readonly string[]> {
    await this.reset();
    // A next-hop session carries the name of the last EHLO.
    await this.#nextHop?.quit();
    const { capabilities, maxMessageBytes } = this.#options;
    this.#announced = extended
      ? announcedKeywords(maxMessageBytes, await capabilities.current())
      : [];
    return this.#announced;
  }

  async mail(line: Buffer): Promise<Reply> {
    if (this.#open !== null) return reply(503, '5.5.1', 'Nested MAIL command');
    const mail = parsePathCommand('MAIL FROM', line);
    if (mail === null) return reply(501, '5.1.7', 'Bad sender address syntax');
    const refusal = refuseParameters(mail) ?? refuseAddress(mail, wantsSmtpUtf8(mail));
    if (refusal !== null) return refusal;
    return this.#answered(async () => {
      const nextHop = await this.#nextHopSession();
      const { capabilities } = nextHop;
      const limitBytes = messageLimitBytes(this.#options.maxMessageBytes, capabilities);
      const early =
        refuseSize(mail, limitBytes) ?? refuseMissing(mail, capabilities, this.#announced);
      if (early !== null) return early;
      const sizeBytes = declaredSizeBytes(mail) + headerOverheadBytes;
      const answer = await nextHop.mail(withSize(mail, sizeBytes, capabilities));
      if (isPositive(answer)) this.#open = { mail, accepted: [], nextHop };
      return answer;
    });
  }

  async rcpt(line: Buffer): Promise<Reply> {
    const open = this.#open;
    if (open === null) return reply(503, '5.5.1', 'Need MAIL command');
    const rcpt = parsePathCommand('RCPT TO', line);
    if (rcpt === null || rcpt.address === '')
      return reply(501, '5.1.3', 'Bad recipient address syntax');
    const refusal = refuseParameters(rcpt) ?? refuseAddress(rcpt, wantsSmtpUtf8(open.mail));
    if (refusal !== null) return refusal;
    // RFC 5321 §4.5.3.1.10: the client sends the others in another transaction.
    if (open.accepted.length >= this.#options.maxRecipients)
      return reply(452, '4.5.3', 'Too many recipients');
    return this.#answered(async () => {
      const missing = refuseMissing(rcpt, open.nextHop.capabilities, this.#announced);
      if (missing !== null) return missing;
      const answer = await open.nextHop.rcpt(rcpt);
      if (isPositive(answer)) open.accepted.push(rcpt);
      return answer;
    });
  }

  /** Why DATA cannot begin, or null: then the client gets its 354 from us. */
  refuseData(): Reply | null {
    if (this.#open === null) return reply(503, '5.5.1', 'Need MAIL command');
    if (this.#open.accepted.length === 0) return reply(554, '5.5.1', 'No valid recipients');
    return this.#open.nextHop.isOpen ? null : lost;
  }

  /** The message is in: decide and relay. The reply is the client's. */
  message(content: Content): Promise<Reply> {
    const open = this.#open;
    if (open === null) return Promise.resolve(localError);
    const delivery = this.#handle(open, content);
    this.#delivery = delivery;
    return delivery;
  }

  /** Forgets the transaction, here and at the next hop. */
  async reset(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.nextHop.reset();
  }

  /** The client is gone: QUIT at the next hop, once a delivery that is under way has ended. Never throws. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#delivery;
    await this.#nextHop?.quit();
  }

  /** Drops the next hop now; a delivery under way then ends with 451. */
  abort(): void {
    this.#closing.abort();
    this.#nextHop?.destroy();
  }

  async #handle({ mail, accepted, nextHop }: OpenTransaction, content: Content): Promise<Reply> {
    const { handle, onError, now } = this.#options;
    const mirrored = new MirroredTransaction({
      session: nextHop,
      clientIsThere: () => this.#client.isThere(),
      onError,
    });
    try {
      const receivedAt = now();
      const envelope = {
        mailFrom: mail.address,
        rcptTo: accepted.map(({ address }) => address),
        mailParameters: mail.parameters,
        rcptParameters: accepted.map(({ parameters }) => parameters),
      };
      const connection = await this.#client.connection();
      return await handle(
        { id: newTransactionId(receivedAt), receivedAt, connection, envelope, content },
        mirrored,
      );
    } catch (error) {
      onError(error as Error);
      // Once the next hop has answered, its word holds: a 451 after its 250 would only make a duplicate.
      return (await mirrored.outcome) ?? localError;
    } finally {
      await mirrored.abandon();
      this.#open = null;
    }
  }

  async #nextHopSession(): Promise<NextHopSession> {
    if (this.#nextHop?.isOpen === true) return this.#nextHop;
    const { nextHop, capabilities } = this.#options;
    const { signal } = this.#closing;
    const session = await NextHopSession.open(nextHop, {
      connection: await this.#client.connection(),
      signal,
    });
    this.#nextHop = session;
    capabilities.learn(session.capabilities);
    return session;
  }

  async #answered(ask: () => Promise<Reply>): Promise<Reply> {
    try {
      return await ask();
    } catch (error) {
      this.#options.onError(error as Error);
      return error instanceof SmtpError ? error.reply : localError;
    }
  }
}
