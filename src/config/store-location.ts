import { isRedisAddress, parseRedisAddress } from '../redis/redis-address.ts';

/** What is wrong with a store location, or null. The text itself is left out: it may hold a password. */
export function storeLocationFault(location: string): string | null {
  if (location.startsWith('sqlite:'))
    return location === 'sqlite:'
      ? 'the location of the store names no file: write sqlite:PATH'
      : null;
  if (!isRedisAddress(location))
    return 'this is not the location of a store: write sqlite:PATH, redis://…, redis-cluster://… or redis-sentinel://… (rediss… for TLS)';
  try {
    parseRedisAddress(location);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A valid location without user and password. */
export function redactStoreLocation(location: string): string {
  return location.startsWith('sqlite:') ? location : parseRedisAddress(location).label;
}
