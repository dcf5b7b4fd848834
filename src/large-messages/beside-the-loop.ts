import { maxHeaderBytes } from '../authentication/admission.ts';
import {
  createAuthenticator,
  type Authenticate,
  type AuthenticatorOptions,
  type StartVerification,
} from '../authentication/authenticate.ts';
import type { DnsError, Lookup } from '../authentication/resolver.ts';
import { MessageTooLarge, readBody, type ReadBody } from '../message/message.ts';
import type { Transaction } from '../smtp/transaction.ts';
import type { Asked, LargeMessageThread } from './large-message-thread.ts';
import type { ToTask } from './tasks.ts';

/**
 * Authentication and parsing: of small messages here, of large ones in the thread, with the same outcome. While the
 * thread starts they are done here as well.
 */
export function besideTheLoop(
  thread: LargeMessageThread,
  options: AuthenticatorOptions,
  fromBytes = largeMessageBytes,
): { readonly authenticate: Authenticate; readonly readBody: ReadBody } {
  const here = createAuthenticator(options);
  const beside = createAuthenticator(options, verifyInThread(thread, options.authservId));
  const readBeside = readBodyInThread(thread);
  const isForThread = (sizeBytes: number) => sizeBytes >= fromBytes && thread.isReady();
  return {
    authenticate: (transaction) =>
      (isForThread(transaction.content.sizeBytes) ? beside : here)(transaction),
    readBody: (bytes) => (isForThread(bytes.length) ? readBeside : readBody)(bytes),
  };
}

/**
 * From this size on a message is authenticated and parsed in a thread: to hash 25 MB where all sessions are served would
 * take a third of a second from them. Below it, to start and to ask a thread costs more than it saves.
 */
const largeMessageBytes = 1_048_576;

type Question = Extract<Asked, { readonly kind: 'question' }>;

/** Parses in the thread as `readBody` does here. @throws as that does, and where the thread fails. */
function readBodyInThread(thread: LargeMessageThread): ReadBody {
  return async (bytes) => {
    const copy = new Uint8Array(bytes);
    const said = await thread.ask({ kind: 'read-body', bytes: copy }, [copy.buffer]);
    if (said.kind === 'body') return said.body;
    if (said.kind === 'failed' && said.isTooLarge)
      throw new MessageTooLarge((said.error as Error).message);
    throw said.kind === 'failed' ? said.error : new Error(`${said.kind} instead of a body`);
  };
}

/**
 * The checks in the thread. DNS is asked here, where answers are remembered, and the deadline is kept here, since the
 * thread may hang.
 */
function verifyInThread(thread: LargeMessageThread, authservId: string): StartVerification {
  const verify = async (transaction: Transaction, lookup: Lookup, signal: AbortSignal) => {
    const { content, ...facts } = transaction;
    const head = new Uint8Array(await content.prefix(maxHeaderBytes));
    const { sizeBytes } = content;
    const descriptor = content.descriptor ?? null;
    const stream = descriptor === null ? content.stream() : null;
    stream?.on('error', () => undefined); // its reader hears of it
    const pieces = stream?.[Symbol.asyncIterator]() as AsyncIterator<Buffer> | undefined;
    try {
      const said = await thread.ask(
        { kind: 'authenticate', transaction: facts, sizeBytes, head, descriptor, authservId },
        [head.buffer],
        {
          signal,
          answer: (asked) => (asked.kind === 'more' ? nextPiece(pieces) : answerTo(asked, lookup)),
        },
      );
      if (said.kind === 'authenticated') {
        // An analysis that was given up may go on: its file is closed, and the thread has read whatever has its number now.
        if (descriptor !== null) await content.prefix(1);
        return said.results;
      }
      throw said.kind === 'failed' ? said.error : new Error(`${said.kind} instead of results`);
    } finally {
      stream?.destroy();
    }
  };
  return (transaction, lookup) => {
    const done = new AbortController();
    return {
      results: verify(transaction, lookup, done.signal),
      stop: () => done.abort(),
    };
  };
}

/** In pieces of 64 KiB, as the spool gives them, to send them would cost the loop twice as much (measured). */
const sentBytes = 1_048_576;

async function nextPiece(pieces: AsyncIterator<Buffer> | undefined): Promise<ToTask> {
  if (pieces === undefined) throw new Error('more of a message whose file was given');
  const gathered: Buffer[] = [];
  let sizeBytes = 0;
  while (sizeBytes < sentBytes) {
    const next = await pieces.next();
    if (next.done === true) break;
    gathered.push(next.value);
    sizeBytes += next.value.length;
  }
  if (gathered.length === 0) return { kind: 'piece', bytes: null };
  // A copy: who else has the bytes is not known here.
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of gathered) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { kind: 'piece', bytes };
}

async function answerTo({ id, name, rrtype }: Question, lookup: Lookup): Promise<ToTask> {
  try {
    return { kind: 'answer', id, records: await lookup(name, rrtype) };
  } catch (error) {
    return { kind: 'no-answer', id, name, code: (error as DnsError).code };
  }
}
