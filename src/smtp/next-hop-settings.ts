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
  /** The PROXY header of a listed load balancer; past it the connection is closed. */
  readonly proxyHeaderMs: number;
};

/** RFC 5321 §4.5.3.2, but for the connection: a client waits less patiently for MAIL than a queue would. */
export const defaultTimeouts: SmtpTimeouts = {
  clientIdleMs: 300_000,
  nextHopConnectMs: 30_000,
  nextHopReplyMs: 240_000,
  nextHopFinalReplyMs: 300_000,
  reverseLookupMs: 2_000,
  proxyHeaderMs: 5_000, // proxy-protocol.txt section 2.2 wants at least 3 s, a lost SYN
};

export type NextHopTls =
  | { readonly kind: 'none' }
  /** STARTTLS where it is offered, whatever the certificate; plain text where it is not, or fails. */
  | { readonly kind: 'opportunistic' }
  /** No mail without STARTTLS; any certificate. */
  | { readonly kind: 'required' }
  /** `ca` as PEM, null trusts what Node trusts; `name` is in the certificate, null means the host. */
  | { readonly kind: 'verified'; readonly ca: string | null; readonly name: string | null };

/**
 * How the next hop learns who the client is. `auto` is XCLIENT where it is offered. `xclient` refuses to relay without
 * it; `xforward` only informs the next hop's log, and does without where it is not offered; with a `proxy-…` every
 * connection begins with a PROXY header, which the next hop must expect.
 */
export type ClientIdentity = 'auto' | 'xclient' | 'xforward' | 'proxy-v1' | 'proxy-v2' | 'none';

/** How to talk to a next hop, whichever of several it is. */
export type NextHopManner = {
  /** Our own name, for EHLO. */
  readonly hostname: string;
  readonly protocol: 'smtp' | 'lmtp';
  readonly tls: NextHopTls;
  readonly clientIdentity: ClientIdentity;
};

/** Where mail goes: the first of `nextHops` (at least one) that answers. */
export type NextHopRoute = NextHopManner & { readonly nextHops: readonly HostAndPort[] };

/** The route to one next hop as it is without any setting. */
export function plainRoute(nextHop: HostAndPort, hostname: string): NextHopRoute {
  return {
    nextHops: [nextHop],
    hostname,
    protocol: 'smtp',
    tls: { kind: 'opportunistic' },
    clientIdentity: 'auto',
  };
}

/** Where one next hop is and how long each step with it may take. */
export type NextHopSettings = HostAndPort &
  NextHopManner & {
    readonly connectMs: number;
    readonly replyMs: number;
    readonly finalReplyMs: number;
  };

/** In order of preference. */
export function nextHopSettings(
  { nextHops, ...manner }: NextHopRoute,
  timeouts: SmtpTimeouts,
): readonly NextHopSettings[] {
  return nextHops.map((nextHop) => ({
    ...nextHop,
    ...manner,
    connectMs: timeouts.nextHopConnectMs,
    replyMs: timeouts.nextHopReplyMs,
    finalReplyMs: timeouts.nextHopFinalReplyMs,
  }));
}
