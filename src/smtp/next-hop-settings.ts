export type HostAndPort = { readonly host: string; readonly port: number };

export type SmtpTimeouts = {
  /** A client that says nothing for so long gets 421. */
  readonly clientIdleMs: number;
  /** Name lookup, connection, greeting and TLS of the next hop together. */
  readonly nextHopConnectMs: number;
  /** One reply of the next hop, and the longest time it may take no bytes. */
  readonly nextHopReplyMs: number;
  /** The next hop's reply to the final dot. */
  readonly nextHopFinalReplyMs: number;
  /** Name of the client from its address; past it the name is null. */
  readonly reverseLookupMs: number;
};

/** RFC 5321 §4.5.3.2, but for the connection: a client waits less patiently for MAIL than a queue would. */
export const defaultTimeouts: SmtpTimeouts = {
  clientIdleMs: 300_000,
  nextHopConnectMs: 30_000,
  nextHopReplyMs: 240_000,
  nextHopFinalReplyMs: 300_000,
  reverseLookupMs: 2_000,
};

/** Where the next hop is and how long each step with it may take. */
export type NextHopSettings = HostAndPort & {
  /** Our own name, for EHLO. */
  readonly hostname: string;
  readonly connectMs: number;
  readonly replyMs: number;
  readonly finalReplyMs: number;
};

export function nextHopSettings(
  nextHop: HostAndPort,
  hostname: string,
  timeouts: SmtpTimeouts,
): NextHopSettings {
  return {
    ...nextHop,
    hostname,
    connectMs: timeouts.nextHopConnectMs,
    replyMs: timeouts.nextHopReplyMs,
    finalReplyMs: timeouts.nextHopFinalReplyMs,
  };
}
