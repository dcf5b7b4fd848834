import { connect, type Socket } from 'node:net';
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection';
import { nextHopLost } from './lock-step-client.ts';
import type { NextHopSettings, NextHopTls } from './next-hop-settings.ts';
import { writeProxyHeader, type Endpoint, type ProxyVersion } from './proxy-protocol.ts';
import { SmtpError, type Reply } from './reply.ts';
import { ReplyParser } from './reply-parser.ts';

/** For whom we connect (null: for ourselves), and until when. */
export type Dial = { readonly client: Endpoint | null; readonly signal: AbortSignal };

/** `ehlo` is null when the last reply was another one (STARTTLS refused): ask again. */
export type Dialled = { readonly socket: Socket; readonly ehlo: Reply | null };

/**
 * Connects, reads the greeting, says EHLO (LHLO), and STARTTLS as the settings want it; then the socket is the caller's.
 * @throws SmtpError 451 4.4.1, or the 421 of the next hop.
 */
export async function connectNextHop(settings: NextHopSettings, dial: Dial): Promise<Dialled> {
  try {
    return await connectWith(settings, dial);
  } catch (error) {
    // Between us and our MTA, TLS that is offered but broken must not hold mail up that plain text would deliver.
    if (settings.tls.kind !== 'opportunistic' || !(error instanceof TlsFailure)) throw error;
    return connectWith({ ...settings, tls: { kind: 'none' } }, dial);
  }
}

/** The connection was lost between STARTTLS and the end of the TLS handshake. */
class TlsFailure extends SmtpError {
  constructor({ reply, cause }: SmtpError) {
    super(reply, { cause });
  }
}

async function connectWith(settings: NextHopSettings, dial: Dial): Promise<Dialled> {
  const { host, port, hostname, protocol, tls, clientIdentity, connectMs, replyMs } = settings;
  const isProxied = clientIdentity === 'proxy-v1' || clientIdentity === 'proxy-v2';
  const opened = isProxied ? await connectAsProxy(settings, clientIdentity, dial) : null;
  const connection = new SMTPConnection({
    host,
    port,
    name: hostname,
    lmtp: protocol === 'lmtp',
    secure: false,
    ...tlsOptions(tls),
    ...(opened === null ? {} : { connection: opened }),
    allowInternalNetworkInterfaces: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: replyMs,
    socketCloseTimeout: 0,
    maxResponseSize: 65_536,
  });
  await handshake(connection, dial.signal).catch((error: unknown) => {
    opened?.destroy();
    if (connection.upgrading) throw new TlsFailure(error as SmtpError);
    throw error;
  });
  const socket = connection._socket;
  if (!socket || socket.destroyed)
    throw nextHopLost(new Error('the connection closed during the handshake'));
  // From here on nodemailer must neither read replies nor time out. Its other listeners only tidy up after a close.
  socket.removeAllListeners('data').removeAllListeners('timeout').setTimeout(0);
  const ehlo = parseReply(connection.lastServerResponse);
  return { socket, ehlo: ehlo?.code === 250 ? ehlo : null };
}

function tlsOptions(tls: NextHopTls) {
  switch (tls.kind) {
    case 'none':
      return { ignoreTLS: true };
    case 'opportunistic':
      // Unverified TLS is never worse than the plain text we would use otherwise.
      return { opportunisticTLS: true, tls: { rejectUnauthorized: false } };
    case 'required':
      return { requireTLS: true, tls: { rejectUnauthorized: false } };
    case 'verified':
      return {
        requireTLS: true,
        tls: {
          rejectUnauthorized: true,
          ...(tls.ca === null ? {} : { ca: tls.ca }),
          ...(tls.name === null ? {} : { servername: tls.name }),
        },
      };
  }
}

/** The PROXY header comes before everything else, so before nodemailer sees the socket. */
async function connectAsProxy(
  { host, port, connectMs }: NextHopSettings,
  version: ProxyVersion,
  { client, signal }: Dial,
): Promise<Socket> {
  const socket = connect({ host, port });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const fail = (error: Error): void => {
    socket.destroy();
    reject(nextHopLost(error));
  };
  const timer = setTimeout(
    () => fail(new Error(`no connection within ${connectMs} ms`)),
    connectMs,
  );
  const abort = (): void => fail(new Error('stopped while connecting'));
  signal.addEventListener('abort', abort, { once: true });
  socket.once('error', fail).once('connect', () => resolve(undefined));
  if (signal.aborted) abort();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
  const { remoteAddress = '', remotePort = 0 } = socket;
  socket.write(writeProxyHeader(version, client, { address: remoteAddress, port: remotePort }));
  return socket;
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
