import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { authenticate, type DNSResolver } from 'mailauth';
import type { Transaction } from '../smtp/transaction.ts';
import { admitHeader, maxHeaderBytes, type AdmittedHeader } from './admission.ts';
import { interpretReport } from './interpret.ts';
import type { Lookup, Resolver } from './resolver.ts';
import { unauthenticated, type AuthenticationResults } from './results.ts';

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

export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  return async (transaction) => {
    try {
      return await verifyInTime(transaction, options);
    } catch (error) {
      options.onError?.(error, transaction.id);
      return unauthenticated;
    }
  };
}

async function verifyInTime(
  transaction: Transaction,
  options: AuthenticatorOptions,
): Promise<AuthenticationResults> {
  const { resolver, authservId, deadlineMs, maxQueries } = options;
  const lookup = resolver.forMessage({ deadlineMs: deadlineMs * 0.8, maxQueries });
  const content = transaction.content.stream();
  content.on('error', () => undefined); // its reader hears of it; heard by nobody yet, it would end the process
  const done = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<AuthenticationResults>();
  const timer = setTimeout(resolve, deadlineMs, unauthenticated);
  try {
    const { signal } = done;
    return await Promise.race([verify(transaction, { content, signal, lookup, authservId }), late]);
  } finally {
    clearTimeout(timer);
    done.abort(noLongerWaited);
    content.destroy();
  }
}

/** Made once: the reason that an abort makes for itself, with its stack, costs each message more than the timer does. */
const noLongerWaited = new Error('nobody waits for the result any more');

type Sources = {
  readonly content: Readable;
  /** Aborted once nobody waits for the result any more. */
  readonly signal: AbortSignal;
  readonly lookup: Lookup;
  readonly authservId: string;
};

async function verify(
  { connection, envelope, content: received }: Transaction,
  { content, signal, lookup, authservId }: Sources,
): Promise<AuthenticationResults> {
  const head = await received.prefix(maxHeaderBytes);
  const header = admitHeader(head, received.sizeBytes <= head.length);
  askAhead(lookup, header, senderDomain(envelope.mailFrom, connection.helo));
  const admitted = Readable.from(admittedBytes(content, header), { objectMode: false, signal });
  const report = await authenticate(admitted, {
    ip: connection.clientAddress,
    helo: connection.helo,
    sender: envelope.mailFrom,
    mta: authservId,
    minBitLength: 1024, // RFC 8301 §3.2
    rejectRsaSha1: true, // RFC 8301 §3.1
    disableBimi: true,
    // Its type leaves out the records of MX, which it asks for.
    resolver: lookup as unknown as DNSResolver,
  });
  return interpretReport(report, envelope.mailFrom === '' ? 'helo' : 'mailfrom');
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

const chunkBytes = 65_536;
const emptyHeader = Buffer.from('\r\n');

/** The admitted block and the received body; an empty message where no block was admitted (SPF needs none). */
async function* admittedBytes(
  content: Readable,
  header: AdmittedHeader | null,
): AsyncGenerator<Buffer> {
  yield header?.block ?? emptyHeader;
  if (header === null) return;
  let toSkip = header.receivedBytes;
  for await (const received of content as AsyncIterable<Buffer>) {
    const skipped = Math.min(toSkip, received.length);
    toSkip -= skipped;
    for (let at = skipped; at < received.length; at += chunkBytes) {
      yield received.subarray(at, at + chunkBytes);
      await setImmediate(); // hashing must not hold up other sessions, nor outlast the deadline
    }
  }
}
