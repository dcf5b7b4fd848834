import addressparser from 'nodemailer/lib/addressparser';
import { oncePerText } from '../once-per.ts';
import { decodeWords } from './header-block.ts';

/** `address` in lower case without brackets, possibly empty; `name` decoded, possibly empty. */
export type Mailbox = { readonly address: string; readonly name: string };

const maxMailboxes = 200;

/** Mailboxes of address-list fields (RFC 5322 §3.4), groups flattened; at most 200. */
export function parseMailboxes(bodies: readonly string[]): readonly Mailbox[] {
  return bodies.flatMap(mailboxesOfField).slice(0, maxMailboxes);
}

const mailboxesOfField = oncePerText(
  2000,
  (body): readonly Mailbox[] =>
    addressparser(body, { flatten: true })
      .slice(0, maxMailboxes)
      .map(({ address, name }) => ({
        address: address.trim().toLowerCase(),
        name: decodeWords(name).trim(),
      })),
  (mailboxes) => mailboxes.length <= 4,
);

/** Domain of an address, lower case, without the final dot; empty when there is none. */
export function domainOf(address: string): string {
  return address
    .slice(address.lastIndexOf('@') + 1)
    .toLowerCase()
    .replace(/\.$/, '');
}
