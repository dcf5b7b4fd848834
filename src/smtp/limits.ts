/** What one client may cost us. 0 switches a rate off. */
export type SmtpLimits = {
  /** Sessions at the same time from one IPv4 address, or one IPv6 /64. */
  readonly maxSessionsPerAddress: number;
  /** New connections per address; as many at once as in a whole minute. */
  readonly connectionsPerMinute: number;
  /** MAIL commands per address; as many at once as in a whole minute. */
  readonly messagesPerMinute: number;
  /** Addresses and CIDR ranges to which the three limits per address do not apply: load balancers, monitors. */
  readonly exempt: readonly string[];
  /** How fast DATA must arrive in the long run; see `dataGraceMs`. */
  readonly minDataBytesPerSecond: number;
  /** How far DATA may fall behind `minDataBytesPerSecond`, which is also the longest silence in it. */
  readonly dataGraceMs: number;
  /** 5yz replies in a session since its last accepted message; at the last one it is closed. */
  readonly maxErrors: number;
  readonly maxHeaderBytes: number;
  /** `Received` fields of a message (RFC 5321 §6.3). */
  readonly maxReceivedFields: number;
  /** `Received` fields that we wrote ourselves: so many times a message comes back before it is a loop. */
  readonly maxOwnHops: number;
};

/** Rates and counts are those of Postfix where it has them: smtpd_client_connection_count_limit, smtpd_min_data_rate, smtpd_hard_error_limit. */
export const defaultSmtpLimits: SmtpLimits = {
  maxSessionsPerAddress: 50,
  connectionsPerMinute: 300,
  messagesPerMinute: 600,
  exempt: ['127.0.0.0/8', '::1/128'],
  minDataBytesPerSecond: 500,
  dataGraceMs: 180_000, // "Data Block" of RFC 5321 §4.5.3.2.5
  maxErrors: 20,
  maxHeaderBytes: 262_144,
  maxReceivedFields: 100,
  maxOwnHops: 3,
};

/** Why a client was refused by a limit of ours. */
export const limitReasons = [
  'sessions',
  'address-sessions',
  'connection-rate',
  'message-rate',
  'recipients',
  'message-size',
  'header-size',
  'hops',
  'own-hops',
  'slow-data',
  'errors',
  'spool-full',
  'spool-failed',
] as const;

export type LimitReason = (typeof limitReasons)[number];

/**
 * Why a client may send again what the next hop has: it was gone when we had a 250 for it (`unacknowledged`), or the
 * next hop was lost between the final dot and its reply (`reply-lost`).
 */
export const duplicateCauses = ['unacknowledged', 'reply-lost'] as const;

export type DuplicateCause = (typeof duplicateCauses)[number];
