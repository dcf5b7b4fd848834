import { networkOf } from '../features/sending-path.ts';
import { valueHash } from '../features/hash.ts';
import { mailIdentity } from '../features/links.ts';
import type { Lists } from '../features/lists.ts';
import { contactPointsOf } from '../message/contact-points.ts';
import { foldText } from '../message/fold.ts';
import { linkDomain, organizationOf } from '../message/links.ts';

/** What may be approved, as a person calls it; none of them is the alias as a whole. */
export const approvableTables = [
  'domain',
  'phone',
  'wallet',
  'reply-to',
  'mail-from',
  'display-name',
  'selector',
  'network',
] as const;
type ApprovableTable = (typeof approvableTables)[number];

export type NamedValue = { readonly table: string; readonly value: string };

const longest = 320;

/**
 * A value as baselines know it: a domain becomes its registrable domain, a telephone number E.164.
 * @throws Error in one sentence for what no message could carry, and for what would exempt half the world.
 */
export function approvableValue({ table, value: given }: NamedValue, lists: Lists): NamedValue {
  const value = given.trim();
  const known = approvableTables.find((name) => name === (table === 'contact' ? 'phone' : table));
  if (known === undefined)
    throw new Error(`\`${table}\` cannot be approved; choose ${approvableTables.join(', ')}`);
  if (value === '' || value.length > longest || /\p{Cc}/u.test(value))
    throw new Error(
      `a ${known} of 1 to ${longest} characters without control characters is needed`,
    );
  return readers[known](value, lists);
}

const readers: Readonly<Record<ApprovableTable, (value: string, lists: Lists) => NamedValue>> = {
  domain: (value, lists) => ({ table: 'domain', value: domainIn(value, lists) }),
  phone: (value) => ({ table: 'contact', value: contactIn(`call ${value}`, value, 'phone') }),
  wallet: (value) => ({ table: 'contact', value: contactIn(value, value, 'wallet') }),
  'reply-to': (value, lists) => ({ table: 'reply-to', value: mailboxIn(value, lists) }),
  'mail-from': (value) => ({ table: 'mail-from', value: registrable(value) }),
  'display-name': (value) => ({
    table: 'display-name',
    value: valueHash(foldText(value).toLowerCase().replace(/\d+/g, '#')),
  }),
  selector: (value) => {
    if (/^\S+ \S+$/.test(value)) return { table: 'selector', value: value.toLowerCase() };
    throw new Error('write a selector as `example.com s1`: signing domain and selector');
  },
  network: (value) => ({ table: 'network', value: networkIn(value) }),
};

function domainIn(value: string, lists: Lists): string {
  if (value.includes('@')) return mailboxIn(value, lists);
  const domain = linkDomain(
    value
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/[/?#:].*$/, ''),
  );
  if (domain !== null && domain.includes('.')) return domain;
  throw new Error(`\`${value}\` is not a domain that somebody registered (example.com)`);
}

function mailboxIn(value: string, lists: Lists): string {
  const address = value.toLowerCase();
  if (!address.includes('@')) return registrable(address);
  registrable(address.slice(address.lastIndexOf('@') + 1));
  return mailIdentity(address, lists);
}

function registrable(value: string): string {
  const host = value.toLowerCase().slice(value.lastIndexOf('@') + 1);
  const domain = organizationOf(host);
  if (linkDomain(host) !== null && domain.includes('.')) return domain;
  throw new Error(`\`${value}\` is not a domain that somebody registered (example.com)`);
}

function contactIn(text: string, value: string, kind: 'phone' | 'wallet'): string {
  const found = contactPointsOf(text).find((point) => point.kind === kind);
  if (found) return found.value;
  const example = kind === 'phone' ? 'a telephone number (+18025550100)' : 'a wallet address';
  throw new Error(`\`${value}\` is not ${example}`);
}

function networkIn(value: string): string {
  const address = value.replace(/\/\d+$/, '');
  if (/^[\d.]+$|^[\da-f:]+$/i.test(address)) return networkOf(address.toLowerCase());
  throw new Error(`\`${value}\` is not an IP address or network (192.0.2.0/24)`);
}
