import type { Content } from './content.ts';

/** The SMTP client as far as it is known: facts of the connection, not claims of the message. */
export type Connection = {
  readonly clientAddress: string;
  readonly clientPort: number;
  /** Name that resolves back to the address, or null. */
  readonly clientHostname: string | null;
  /** Argument of HELO or EHLO. */
  readonly helo: string;
  readonly protocol: 'SMTP' | 'ESMTP' | 'ESMTPS';
  /** Who connected to us, where the client is not the peer but the hop before our own relays (`trustedRelays`). */
  readonly relay?: Connection;
};

/** RFC 5321 §3.3; addresses without angle brackets, local part as received. */
export type Envelope = {
  /** The empty string is the null reverse-path. */
  readonly mailFrom: string;
  /** Recipients the next hop accepted, in order. */
  readonly rcptTo: readonly string[];
  /** ESMTP parameters of MAIL as received (`BODY=8BITMIME SMTPUTF8`), kept for a later release. */
  readonly mailParameters: string;
  /** ESMTP parameters per accepted recipient, same order as `rcptTo`. */
  readonly rcptParameters: readonly string[];
};

/** One MAIL … DATA: everything the flow knows before it looks into the message. */
export type Transaction = {
  /** Follows the message through log, header, quarantine and the reply; 20 characters `[0-9a-z]`. */
  readonly id: string;
  /** What the mail server calls the message, where it asks us about it (milter). */
  readonly queueId?: string;
  readonly receivedAt: Date;
  readonly connection: Connection;
  readonly envelope: Envelope;
  readonly content: Content;
};
