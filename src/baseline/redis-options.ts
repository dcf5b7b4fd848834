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

/** In a Cluster `enableOfflineQueue` counts at this level only, and a failover is noticed by the refresh alone. */
export const clusterOptions = {
  enableOfflineQueue: false,
  clusterRetryStrategy: reconnectDelayMs,
  slotsRefreshInterval: 1000,
  slotsRefreshTimeout: 500,
  maxRedirections: 3,
  retryDelayOnFailover: 50,
  retryDelayOnClusterDown: 50,
  retryDelayOnTryAgain: 50,
};
