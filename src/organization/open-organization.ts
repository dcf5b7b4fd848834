import { keepCalendar } from './kept-calendar.ts';
import { keepLedgers, type KeepOptions } from './keep-ledgers.ts';
import type { OrganizationLedgers } from './ledgers.ts';
import { openRedisLedgers } from './redis-ledgers.ts';
import { openSqliteLedgers } from './sqlite-ledgers.ts';

export type OpenOrganizationOptions = KeepOptions & {
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  /** For `check`: a file that is missing is an error, and nothing is created or written. */
  readonly readOnly?: boolean;
};

/**
 * Opens the ledgers that belong to a baseline store: in the same Redis, or in a file beside that of the baselines
 * (`PATH-organization`).
 */
export async function openOrganization(
  spec: string,
  { timeoutMs, readOnly = false, ...options }: OpenOrganizationOptions,
): Promise<OrganizationLedgers> {
  const path = spec.startsWith('sqlite:') ? spec.slice('sqlite:'.length) : null;
  const store =
    path === null
      ? await openRedisLedgers(spec, options.limits, { timeoutMs })
      : await openSqliteLedgers(fileBeside(path), options.limits, { readOnly, timeoutMs });
  return keepLedgers(keepCalendar(store), options);
}

function fileBeside(path: string): string {
  return path === ':memory:' ? path : `${path}-organization`;
}
