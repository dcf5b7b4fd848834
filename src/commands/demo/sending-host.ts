import { once } from 'node:events';
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection';
import type { HostPort } from '../../config/host-port.ts';

/** A mail server of somebody else: what it calls itself, and the loopback address it sends from. */
export type Host = { readonly name: string; readonly address: string };

export type OutgoingMail = {
  readonly mailFrom: string;
  readonly rcptTo: string;
  readonly message: Buffer;
};

/** A connection of such a server to the gateway, kept open from mail to mail. */
export type SendingHost = AsyncDisposable & {
  /** The gateway's final reply, or its refusal. */
  readonly send: (mail: OutgoingMail) => Promise<string>;
};

/** @throws when it cannot connect; EADDRNOTAVAIL where the system has no such loopback address. */
export async function connectSendingHost(
  { name, address }: Host,
  gateway: HostPort,
): Promise<SendingHost> {
  const connection = new SMTPConnection({
    host: gateway.host,
    port: gateway.port,
    name,
    localAddress: address,
    ignoreTLS: true,
    allowInternalNetworkInterfaces: true,
  });
  const { promise: connected, resolve, reject } = Promise.withResolvers<undefined>();
  connection.on('error', reject);
  connection.connect((error) => (error ? reject(error) : resolve(undefined)));
  await connected;
  return {
    send: (mail) => send(connection, mail),
    [Symbol.asyncDispose]: async () => {
      const ended = once(connection, 'end');
      connection.quit();
      await ended;
    },
  };
}

async function send(
  connection: SMTPConnection,
  { mailFrom, rcptTo, message }: OutgoingMail,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  connection.send({ from: mailFrom, to: [rcptTo] }, message, (error: SMTPError | null, info) => {
    if (!error) resolve(info.response);
    else if (error.response === undefined) reject(error);
    else resolve(error.response);
  });
  return promise;
}
