import { isDeepStrictEqual } from 'node:util';
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
import type { DuplicateCause, LimitReason } from './limits.ts';
import { MirroredTransaction } from './mirrored-transaction.ts';
import type { NextHopTransaction } from './next-hop.ts';
import { tellingOutcome, type OnNextHop } from './next-hop-outcome.ts';
import type { NextHops } from './next-hops.ts';
import type { NextHopSession } from './next-hop-session.ts';
import { parsePathCommand, type PathCommand } from './path-command.ts';
import { isPositive, reply, SmtpError, type Reply } from './reply.ts';
import type { Spool } from './spool.ts';
import { newTransactionId } from './transaction-id.ts';
import type { Connection, Transaction } from './transaction.ts';

export type Handle = (transaction: Transaction, nextHop: NextHopTransaction) => Promise<Reply>;

/** What all sessions of one front hop share. */
export type SessionOptions = {
  readonly nextHops: NextHops;
  readonly maxMessageBytes: number;
  readonly maxRecipients: number;
  readonly handle: Handle;
  /** Why the candidate cannot join the recipients that the next hop has accepted, or null. Asked before the next hop is. */
  readonly admitRecipient?:
    ((accepted: readonly string[], candidate: string) => Reply | null) | undefined;
  readonly onError: (error: Error) => void;
  readonly onRefused: (reason: LimitReason) => void;
  readonly onDuplicateRisk: (cause: DuplicateCause) => void;
  readonly onNextHop: OnNextHop;
  readonly spool: Spool;
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

const noRoom = reply(452, '4.3.1', 'Insufficient storage, try again later');
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
  /** Whom the next-hop session was opened for. */
  #spokenFor: Connection | null = null;
  #open: OpenTransaction | null = null;
  #announced: readonly string[] = [];
  #mirrored: MirroredTransaction | null = null;
  #delivery: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions, client: Client) {
    this.#options = options;
    this.#client = client;
  }

  get isInTransaction(): boolean {
    return this.#open !== null;
  }

  /** The next hop may have the message of the last DATA, and its reply to that is the client's. */
  get isHandedOver(): boolean {
    return this.#mirrored?.isHandedOver === true;
  }

  /** EHLO (or HELO, with `extended` false) ends a transaction (RFC 5321 §4.1.4) and gives the keywords to announce. */
  async greet(extended: boolean): Promise<readonly string[]> {
    await this.forget();
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
    this.#mirrored = null;
    const { spool, onRefused } = this.#options;
    if (!spool.hasRoomFor(declaredSizeBytes(mail))) {
      onRefused('spool-full');
      return noRoom;
    }
    return this.#answered(async () => {
      const nextHop = await this.#nextHopSession();
      const { capabilities } = nextHop;
      const limitBytes = messageLimitBytes(this.#options.maxMessageBytes, capabilities);
      const tooLarge = refuseSize(mail, limitBytes);
      if (tooLarge !== null) onRefused('message-size');
      const early = tooLarge ?? refuseMissing(mail, capabilities, this.#announced);
      if (early !== null) return early;
      const sizeBytes = declaredSizeBytes(mail) + headerOverheadBytes;
      const answer = await tellingOutcome('mail', this.#options.onNextHop, () =>
        nextHop.mail(withSize(mail, sizeBytes, capabilities)),
      );
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
    if (open.accepted.length >= this.#options.maxRecipients) {
      this.#options.onRefused('recipients');
      return reply(452, '4.5.3', 'Too many recipients');
    }
    const accepted = open.accepted.map(({ address }) => address);
    const notNow = this.#options.admitRecipient?.(accepted, rcpt.address) ?? null;
    if (notNow !== null) return notNow;
    return this.#answered(async () => {
      const missing = refuseMissing(rcpt, open.nextHop.capabilities, this.#announced);
      if (missing !== null) return missing;
      const answer = await tellingOutcome('rcpt', this.#options.onNextHop, () =>
        open.nextHop.rcpt(rcpt),
      );
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

  /** Also what the next hop was told about the client, such as the name of its last EHLO. */
  async forget(): Promise<void> {
    await this.reset();
    this.#announced = [];
    await this.#nextHop?.quit();
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
    const { handle, onError, onDuplicateRisk, onNextHop, now } = this.#options;
    const mirrored = new MirroredTransaction({
      session: nextHop,
      clientIsThere: () => this.#client.isThere(),
      onError,
      onNextHop,
      onReplyLost: () => onDuplicateRisk('reply-lost'),
    });
    this.#mirrored = mirrored;
    try {
      const receivedAt = now();
      const envelope = {
        mailFrom: mail.address,
        rcptTo: accepted.map(({ address }) => address),
        mailParameters: mail.parameters,
        rcptParameters: accepted.map(({ parameters }) => parameters),
      };
      const connection = await this.#client.connection();
      const answer = await handle(
        { id: newTransactionId(receivedAt), receivedAt, connection, envelope, content },
        mirrored,
      );
      if (isPositive(answer) && !this.#client.isThere()) onDuplicateRisk('unacknowledged');
      return answer;
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
    const connection = await this.#client.connection();
    if (this.#nextHop?.isOpen === true && isDeepStrictEqual(connection, this.#spokenFor))
      return this.#nextHop;
    // What the next hop was told about the client holds for a whole session, so another client needs another one.
    await this.#nextHop?.quit();
    const { nextHops, capabilities } = this.#options;
    const session = await nextHops.open({ connection, signal: this.#closing.signal });
    this.#spokenFor = connection;
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
