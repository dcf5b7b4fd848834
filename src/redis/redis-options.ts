import type { RedisAddress, SentinelAddress } from './redis-address.ts';

/** Options of ioredis under which a stopped or killed server was measured to fail fast and to come back by itself. */
export function connectionOptions(target: RedisAddress, timeoutMs: number) {
  return {
    ...(target.username === null ? {} : { username: target.username }),
    ...(target.password === null ? {} : { password: target.password }),
    ...(target.tls ? { tls: {} } : {}),
    protocol: 2 as const,
    disableClientInfo: true,
    connectTimeout: Math.max(300, 2 * timeoutMs),
    /** A peer that vanished without a word is noticed by this alone; a call has its own deadline (`CallGuard`). */
    socketTimeout: Math.max(400, 4 * timeoutMs),
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    /** A server that was replaced, and that a name or a Sentinel no longer means. The command itself has failed. */
    reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
  };
}

/** How the Sentinels are asked where the server is, at every connect: the hung one of before, until they name another. */
export function sentinelOptions(
  { nodes, tls }: RedisAddress,
  { name, username, password }: SentinelAddress,
  timeoutMs: number,
) {
  return {
    sentinels: [...nodes],
    name,
    ...(username === null ? {} : { sentinelUsername: username }),
    ...(password === null ? {} : { sentinelPassword: password }),
    ...(tls ? { sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    sentinelCommandTimeout: Math.max(300, 2 * timeoutMs),
    sentinelRetryStrategy: reconnectDelayMs,
  };
}

export function reconnectDelayMs(attempt: number): number {
  return Math.min(100 * attempt, 1000);
}

/** A failover is noticed by asking for the slots again, and by nothing else. */
export const slotsRefreshMs = 1000;

/**
 * What may have been run is never sent again: `retryDelayOnFailover` would, for a connection that was cut after the
 * command had gone out, and one message would be counted twice. What the server refused (MOVED, ASK, TRYAGAIN,
 * CLUSTERDOWN) is. A command to a node that is still connecting waits for it, within the deadline of the call.
 */
export const clusterOptions = {
  enableOfflineQueue: true,
  clusterRetryStrategy: reconnectDelayMs,
  /** Not by ioredis 6.0, which goes on asking for ever where it is disconnected while an answer is on its way. */
  slotsRefreshInterval: 0,
  slotsRefreshTimeout: 500,
  maxRedirections: 16,
  retryDelayOnFailover: 0,
  retryDelayOnClusterDown: 50,
  retryDelayOnTryAgain: 50,
};
