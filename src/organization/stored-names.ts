import { storedValue } from '../baseline/stored-form.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { LedgerKey } from './ledger-store.ts';
import type { LedgerName } from './ledgers.ts';
import { nameOfShared } from './request.ts';

/**
 * Under which name a value is stored. A person's address, and everything across aliases (telephone numbers are people's
 * too), is a keyed hash; domains are readable.
 */
export function storedKey(ledger: LedgerName, value: string, pseudonym: Pseudonym): LedgerKey {
  const isPersonal = ledger === 'carried' || value.includes('@');
  return { ledger, name: isPersonal ? pseudonym(value) : storedValue(value.toLowerCase()) };
}

/** The one record of the days on which there was any mail. */
export const calendarKey: LedgerKey = { ledger: 'calendar', name: '*' };

/** Wherever one value may stand. */
export function keysOfValue(value: string, pseudonym: Pseudonym): readonly LedgerKey[] {
  const text = value.trim();
  return [
    ...(['domain', 'correspondent'] as const).map((ledger) => storedKey(ledger, text, pseudonym)),
    ...(['contact', 'domain', 'reply-to'] as const).map((table) =>
      storedKey('carried', nameOfShared({ table, value: text }), pseudonym),
    ),
  ];
}
