import type { RedisAddress } from './redis-address.ts';

/** Options of ioredis under which a stopped or killed server was measured to fail fast and to come back by itself. */
export function connectionOptions(target: RedisAddress, timeoutMs: number) {
  return {
    ...(target.username === null ? {} : { username: target.username }),
    ...(target.password === null ? {} : { password: target.password }),
    ...(target.tls ? { tls: {} } : {}),
    protocol: 2 as const,
    disableClientInfo: true,
    commandTimeout: timeoutMs,
    connectTimeout: Math.max(300, 2 * timeoutMs),
    /** A peer that vanished without a word is noticed by this alone. */
    socketTimeout: Math.max(400, 4 * timeoutMs),
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
}

export function reconnectDelayMs(attempt: number): number {
  return Math.min(100 * attempt, 1000);
}

/** A failover is noticed by asking for the slots again, and by nothing else. */
export const slotsRefreshMs = 1000;

/**
 * In a Cluster `enableOfflineQueue` counts at this level only. A command to a node that is still connecting is one
 * redirection each time it is tried, so there are many; the deadline of the call ends them.
 */
export const clusterOptions = {
  enableOfflineQueue: false,
  clusterRetryStrategy: reconnectDelayMs,
  /** Not by ioredis 6.0, which goes on asking for ever where it is disconnected while an answer is on its way. */
  slotsRefreshInterval: 0,
  slotsRefreshTimeout: 500,
  maxRedirections: 16,
  retryDelayOnFailover: 50,
  retryDelayOnClusterDown: 50,
  retryDelayOnTryAgain: 50,
};
