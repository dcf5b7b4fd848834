import type { Settings } from '../../config/settings.ts';

/** What closing store, ports and log may take once transactions are drained. */
export const closingMs = 5000;

/** After a signal a process that takes mail has ended: at the latest once the next hop should have answered the last message. */
export function endWithinMs({ drainMs, relayDeadlineMs, nextHop }: Settings): number {
  return drainMs + (nextHop === null ? 0 : relayDeadlineMs) + closingMs;
}
