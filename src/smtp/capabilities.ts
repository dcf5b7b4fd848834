import type { Reply } from './reply.ts';

/** What a next hop announced after EHLO: keyword in upper case, and its parameters. */
export type Capabilities = ReadonlyMap<string, string>;

export function parseCapabilities({ code, lines }: Reply): Capabilities {
  if (code !== 250) return new Map();
  return new Map(
    lines.slice(1).map((line) => {
      const [keyword = '', ...parameters] = line.trim().split(/[ =]+/);
      return [keyword.toUpperCase(), parameters.join(' ')];
    }),
  );
}

/** What only works when the next hop does it too: we neither convert nor send delivery reports ourselves. */
const needsNextHop = ['8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES'];

/**
 * Room for our header fields, a warning and an ARC set on top of the message: added to a declared SIZE, so that the next
 * hop does not refuse at the dot what it accepted at MAIL (RFC 1870 §6).
 */
export const headerOverheadBytes = 16_384;

/** The largest message both we and the next hop take. A next hop that says `SIZE 0`, or no number, sets no limit. */
export function messageLimitBytes(ours: number, nextHop: Capabilities | null): number {
  const theirs = Number(nextHop?.get('SIZE') ?? 0);
  return theirs > headerOverheadBytes ? Math.min(ours, theirs - headerOverheadBytes) : ours;
}

/**
 * EHLO keywords towards the client. While nothing is known of the next hop (null) everything is announced: saying too
 * little would make clients convert 8-bit mail, which breaks DKIM, or bounce SMTPUTF8 mail for good.
 */
export function announcedKeywords(maxMessageBytes: number, nextHop: Capabilities | null): string[] {
  return [
    'PIPELINING',
    `SIZE ${messageLimitBytes(maxMessageBytes, nextHop)}`,
    ...needsNextHop.filter((keyword) => nextHop?.has(keyword) ?? true),
  ];
}
