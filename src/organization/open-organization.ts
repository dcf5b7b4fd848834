import { keepLedgers, type KeepOptions } from './keep-ledgers.ts';
import type { OrganizationLedgers } from './ledgers.ts';
import { openSqliteLedgers } from './sqlite-ledgers.ts';

export type OpenOrganizationOptions = KeepOptions & {
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  /** For `check`: a file that is missing is an error, and nothing is created or written. */
  readonly readOnly?: boolean;
};

/** Opens the ledgers that belong to a baseline store: beside its file, or in its Redis. */
export async function openOrganization(
  spec: string,
  { timeoutMs, readOnly = false, ...options }: OpenOrganizationOptions,
): Promise<OrganizationLedgers> {
  const path = spec.startsWith('sqlite:') ? spec.slice('sqlite:'.length) : '';
  const file = path === ':memory:' || path === '' ? ':memory:' : `${path}-organization`;
  return keepLedgers(
    await openSqliteLedgers(file, options.limits, { readOnly, timeoutMs }),
    options,
  );
}
