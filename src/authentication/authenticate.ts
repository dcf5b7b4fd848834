import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Transaction } from '../smtp/transaction.ts';
import { admitHeader, maxHeaderBytes, type AdmittedHeader } from './admission.ts';
import { interpretReport } from './interpret.ts';
import type { Lookup, Resolver } from './resolver.ts';
import { unauthenticated, type AuthenticationResults } from './results.ts';
import { createVerifier, type VerifyMessage } from './verify-message.ts';

export type AuthenticatorOptions = {
  readonly resolver: Pick<Resolver, 'forMessage'>;
  /** Our name in Authentication-Results. */
  readonly authservId: string;
  /** The call never takes longer. DNS gets the first four fifths of it. */
  readonly deadlineMs: number;
  /** DNS questions per message that the cache cannot answer. */
  readonly maxQueries: number;
  /** Told of unreadable content and of bugs; the message goes on as `unauthenticated`. */
  readonly onError?: (error: unknown, transactionId: string) => void;
};

/** SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989) and ARC (RFC 8617) of one transaction. Never throws. */
export type Authenticate = (transaction: Transaction) => Promise<AuthenticationResults>;

/** The checks of one message that are under way. */
export type Verification = {
  readonly results: Promise<AuthenticationResults>;
  /** Nobody waits for the results any more. */
  readonly stop: () => void;
};

/** Starts the checks; they ask DNS through `lookup` alone. */
export type StartVerification = (transaction: Transaction, lookup: Lookup) => Verification;

/** `start` says where the checks are made. */
export function createAuthenticator(
  options: AuthenticatorOptions,
  start: StartVerification = verifyHere(options.authservId),
): Authenticate {
  return async (transaction) => {
    try {
      return await verifyInTime(transaction, start, options);
    } catch (error) {
      options.onError?.(error, transaction.id);
      return unauthenticated;
    }
  };
}

async function verifyInTime(
  transaction: Transaction,
  start: StartVerification,
  { resolver, deadlineMs, maxQueries }: AuthenticatorOptions,
): Promise<AuthenticationResults> {
  const lookup = resolver.forMessage({ deadlineMs: deadlineMs * 0.8, maxQueries });
  const { results, stop } = start(transaction, lookup);
  const { promise: late, resolve } = Promise.withResolvers<AuthenticationResults>();
  const timer = setTimeout(resolve, deadlineMs, unauthenticated);
  try {
    return await Promise.race([results, late]);
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** The checks in this thread. */
export function verifyHere(authservId: string): StartVerification {
  const verifyMessage = createVerifier(authservId);
  return (transaction, lookup) => {
    const { content } = transaction;
    const whole = content.sizeBytes > pieceBytes ? readInPieces(content.stream()) : null;
    return {
      results: verify(transaction, whole, verifyMessage, lookup),
      stop: () => whole?.stop(),
    };
  };
}

/** `whole` is null where the head is all there is. */
async function verify(
  { connection, envelope, content }: Transaction,
  whole: Pieces | null,
  verifyMessage: VerifyMessage,
  lookup: Lookup,
): Promise<AuthenticationResults> {
  const { clientAddress, helo } = connection;
  const { mailFrom } = envelope;
  const head = await content.prefix(maxHeaderBytes);
  const header = admitHeader(head, content.sizeBytes <= head.length);
  askAhead(lookup, header, senderDomain(mailFrom, helo));
  const block = header?.block ?? emptyBlock;
  const bodyAt = header?.receivedBytes;
  const body = bodyAt === undefined ? [] : (whole?.after(bodyAt) ?? [head.subarray(bodyAt)]);
  const report = await verifyMessage({ block, body, clientAddress, helo, mailFrom }, lookup);
  return interpretReport(report, mailFrom === '' ? 'helo' : 'mailfrom');
}

/**
 * Asks at once for what the verifier will ask for in turn: one answer that never comes then costs one wait, and the
 * author's own records are known before a stranger's slow ones have used up the time.
 */
function askAhead(lookup: Lookup, header: AdmittedHeader | null, sender: string): void {
  const keys = (header?.keys ?? []).map(
    ({ selector, domain }) => `${selector}._domainkey.${domain}`,
  );
  const policies = (header?.authorDomains ?? [])
    .slice(-3) // the address proper stands behind one in the display name
    .flatMap(parentsOf)
    .map((name) => `_dmarc.${name}`);
  for (const name of [...policies, ...keys, sender])
    void lookup(name, 'TXT').catch(() => undefined);
}

/** The names of DMARC's tree walk, RFC 9989 §4.10. */
function parentsOf(domain: string): readonly string[] {
  const labels = domain.split('.').slice(-8);
  return labels.map((_, depth) => labels.slice(depth).join('.'));
}

function senderDomain(mailFrom: string, helo: string): string {
  return mailFrom === '' ? helo : mailFrom.slice(mailFrom.lastIndexOf('@') + 1);
}

/** SPF needs no more. */
const emptyBlock = Buffer.from('\r\n');
const pieceBytes = 65_536;

type Pieces = {
  /** What follows so many bytes. Once, and rejects where that cannot be read. */
  after(skippedBytes: number): AsyncGenerator<Buffer>;
  /** Nobody waits for the rest any more. */
  stop(): void;
};

function readInPieces(stream: Readable): Pieces {
  stream.on('error', () => undefined); // its reader hears of it; heard by nobody yet, it would end the process
  let isWanted = true;
  return {
    async *after(skippedBytes) {
      let toSkip = skippedBytes;
      for await (const received of stream as AsyncIterable<Buffer>) {
        const skipped = Math.min(toSkip, received.length);
        toSkip -= skipped;
        for (let at = skipped; at < received.length && isWanted; at += pieceBytes) {
          yield received.subarray(at, at + pieceBytes);
          await setImmediate(); // hashing must not hold up other sessions, nor outlast the deadline
        }
      }
    },
    stop() {
      isWanted = false;
      stream.destroy();
    },
  };
}
