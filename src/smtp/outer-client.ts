import { isIP } from 'node:net';
import type { IsListed } from './address-ranges.ts';
import { fieldBodies, parseHeaderBlock } from '../message/header-block.ts';
import type { Connection, Transaction } from './transaction.ts';

/** Relays in a row that are followed; more are no gateway but a loop. */
const maxRelays = 20;
/** A longer field is not read: nobody's relay writes one. */
const maxFieldLength = 2000;

/** Our relays' fields stand at the very top. */
const readBytes = 65_536;

/** What a relay wrote of its client (RFC 5321 §4.4: HELO name, then what the relay saw in parentheses). */
type Hop = { readonly helo: string; readonly hostname: string | null; readonly address: string };

/**
 * The client before our own relays: `connection` itself where its address is not trusted, else the first hop of the
 * Received fields (newest first) whose address is not. A field is believed only as long as every hop above it is
 * trusted. Where that chain cannot be read the client is unknown (empty address): to fall back to the relay would let
 * a stranger with an odd HELO name pass SPF as one of us.
 */
export function outerClient(
  connection: Connection,
  receivedFields: readonly string[],
  isTrusted: IsListed,
): Connection {
  if (!isTrusted(connection.clientAddress)) return connection;
  const relayed = receivedFields.slice(0, maxRelays);
  for (const field of relayed) {
    const hop = readHop(field);
    if (hop === 'none') continue; // handed over inside one machine
    if (hop === 'unreadable') return unknownClient(connection);
    if (!isTrusted(hop.address)) return clientOf(connection, hop);
  }
  // Every hop is ours: the mail began inside.
  return relayed.length < receivedFields.length ? unknownClient(connection) : connection;
}

/** The transaction as the client before our own relays began it. */
export async function fromOuterClient(
  transaction: Transaction,
  isTrusted: IsListed,
): Promise<Transaction> {
  const { connection, content } = transaction;
  if (!isTrusted(connection.clientAddress)) return transaction;
  const received = fieldBodies(parseHeaderBlock(await content.prefix(readBytes)), 'received');
  return { ...transaction, connection: outerClient(connection, received, isTrusted) };
}

function clientOf(relay: Connection, { helo, hostname, address }: Hop): Connection {
  return { ...relay, clientAddress: address, clientPort: 0, clientHostname: hostname, helo, relay };
}

function unknownClient(relay: Connection): Connection {
  return clientOf(relay, { helo: '', hostname: null, address: '' });
}

// The first word is the client's claim and may hold no parenthesis; what the relay saw follows in parentheses.
const fromClause = /^from[ \t]+([^\s()]{1,255})(?:[ \t]+\(((?:[^()]|\([^()]*\))*)\))?(?=[ \t;]|$)/i;

/** Forms of Postfix, Sendmail, Exim, Exchange and Gmail. */
function readHop(field: string): Hop | 'none' | 'unreadable' {
  const text = field.slice(0, maxFieldLength).trim();
  if (!/^from(?![\w.-])/i.test(text)) return 'none';
  const [, word = '', comment = ''] = fromClause.exec(text) ?? [];
  if (word === '') return 'unreadable';
  // Exim puts the claim into the parentheses and what it saw before them, or the claim behind what it saw.
  const eximClaim = /(?:^|[ \t])helo=(\S{1,255})/i.exec(comment);
  const seen = eximClaim === null ? comment : comment.slice(0, eximClaim.index);
  const address = addressIn(seen) ?? (eximClaim?.index === 0 ? addressIn(word) : null);
  if (address === null) return 'unreadable';
  return {
    helo: eximClaim?.[1] ?? word,
    hostname: nameIn(seen) ?? eximName(word, eximClaim),
    address,
  };
}

/** `NAME [ADDRESS]`, where the relay has looked the name up. */
function nameIn(seen: string): string | null {
  const name = /^(?:[^\s@[\]]*@)?([a-z0-9_.-]{1,255})[ \t]*\[/i.exec(seen.trim())?.[1];
  return name === undefined || name === 'unknown' ? null : name.toLowerCase().replace(/\.$/, '');
}

/** Exim: `from NAME ([ADDRESS] helo=CLAIM)`. */
function eximName(word: string, claim: RegExpExecArray | null): string | null {
  return claim !== null && claim.index > 0 ? word.toLowerCase() : null;
}

/** The last address in brackets, because an ident name before it is the client's choice; or the text itself. */
function addressIn(text: string): string | null {
  const bracketed = [...text.matchAll(/\[(?:IPv6:)?([0-9a-f.:]{2,45})\]/gi)].at(-1)?.[1];
  const address = bracketed ?? text.trim().replace(/^IPv6:/i, '');
  return isIP(address) === 0 || address.includes('%') ? null : address;
}
