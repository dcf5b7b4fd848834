import { assumeAuthenticated } from '../archive/archived-transaction.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import type { Header } from '../message/header.ts';
import { domainOf } from '../message/mailbox.ts';

/** What a case says of authentication: a valid signature of the From domain, or none of anybody and a DMARC failure. */
export function assumedAuthentication(
  header: Header,
  authenticated: boolean,
): AuthenticationResults {
  if (authenticated) return assumeAuthenticated(header);
  const domain = domainOf(header.from[0]?.address ?? '');
  return {
    spf: { result: 'fail', domain: '' },
    dkim: [],
    dmarc: { result: 'fail', policy: 'reject', domain },
    arc: { result: 'none' },
    resinfo: 'none',
  };
}
