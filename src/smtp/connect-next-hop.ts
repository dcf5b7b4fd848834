import type { Socket } from 'node:net';
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection';
import { nextHopLost } from './lock-step-client.ts';
import type { NextHopSettings } from './next-hop-settings.ts';
import { SmtpError, type Reply } from './reply.ts';
import { ReplyParser } from './reply-parser.ts';

/**
 * Connects, reads the greeting, says EHLO, and STARTTLS where it is offered; then the socket is the caller's. `ehlo` is
 * null when the last reply was another one (STARTTLS refused): ask again.
 * @throws SmtpError 451 4.4.1, or the 421 of the next hop.
 */
export async function connectNextHop(
  { host, port, hostname, connectMs, replyMs }: NextHopSettings,
  signal: AbortSignal,
): Promise<{ socket: Socket; ehlo: Reply | null }> {
  const connection = new SMTPConnection({
    host,
    port,
    name: hostname,
    secure: false,
    // Between us and our MTA, unverified TLS is never worse than the plain text we would use otherwise.
    opportunisticTLS: true,
    tls: { rejectUnauthorized: false },
    allowInternalNetworkInterfaces: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: replyMs,
    socketCloseTimeout: 0,
    maxResponseSize: 65_536,
  });
  await handshake(connection, signal);
  const socket = connection._socket;
  if (!socket || socket.destroyed)
    throw nextHopLost(new Error('the connection closed during the handshake'));
  // From here on nodemailer must neither read replies nor time out. Its other listeners only tidy up after a close.
  socket.removeAllListeners('data').removeAllListeners('timeout').setTimeout(0);
  const ehlo = parseReply(connection.lastServerResponse);
  return { socket, ehlo: ehlo?.code === 250 ? ehlo : null };
}

async function handshake(connection: SMTPConnection, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const abort = (): void => {
    connection.close();
    reject(nextHopLost(new Error('stopped while connecting')));
  };
  const settle = (error?: SMTPError | null): void => {
    if (error) reject(asSmtpError(error));
    else resolve(undefined);
  };
  connection.on('error', settle);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  else connection.connect(settle);
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A 421 is the next hop's own word; a 5yz greeting is not, because it would bounce mail for a fault between us two. */
function asSmtpError(error: SMTPError): SmtpError {
  const answer = error.responseCode === 421 ? parseReply(error.response ?? false) : null;
  return answer === null ? nextHopLost(error) : new SmtpError(answer, { cause: error });
}

function parseReply(response: string | false): Reply | null {
  if (response === false) return null;
  try {
    return new ReplyParser().push(Buffer.from(`${response}\r\n`))[0] ?? null;
  } catch {
    return null;
  }
}
