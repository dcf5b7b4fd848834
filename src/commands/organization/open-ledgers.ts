import type { Settings } from '../../config/settings.ts';
import { createPseudonym } from '../../features/hash.ts';
import { defaultLedgerLimits, type OrganizationLedgers } from '../../organization/ledgers.ts';
import { openOrganization } from '../../organization/open-organization.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';

export type OpenLedgersOptions = {
  readonly settings: Pick<Settings, 'store' | 'organizationValues'>;
  readonly pseudonymKey: Buffer;
  readonly windowDays?: number;
  /** A missing file is an error, and nothing is written. */
  readonly readOnly?: boolean;
  /** Told of what could not be stored. */
  readonly onLost?: (error: unknown) => void;
};

/** The organization's ledgers for a command, which waits for them longer than mail does. */
export function openLedgers({
  settings,
  pseudonymKey,
  windowDays = defaultLedgerLimits.windowDays,
  readOnly = false,
  onLost = () => undefined,
}: OpenLedgersOptions): Promise<OrganizationLedgers> {
  return openOrganization(settings.store, {
    limits: { values: settings.organizationValues, windowDays },
    timeoutMs: patientStoreTimeoutMs,
    pseudonym: createPseudonym(pseudonymKey),
    readOnly,
    events: { onLookup: () => undefined, onLost: (_, error) => onLost(error) },
  });
}
