import { isIP, isIPv6 } from 'node:net';
import { isHostname } from './confirmed-hostname.ts';
import type { Connection } from './transaction.ts';

/** What a mail server in front of us said of its client; what it did not say, or did not know, is missing. */
export type ForwardedClient = {
  readonly address?: string;
  readonly port?: number;
  /** Null: the server in front looked it up and found none. */
  readonly hostname?: string | null;
  readonly helo?: string;
  readonly protocol?: 'SMTP' | 'ESMTP';
};

/** Attributes for EHLO; LOGIN, DESTADDR and the like are not ours to believe. */
export const xclientAttributes = 'NAME ADDR PORT PROTO HELO';
export const xforwardAttributes = 'NAME ADDR PORT PROTO HELO IDENT SOURCE';

const syntax: Readonly<Record<'XCLIENT' | 'XFORWARD', RegExp>> = {
  XCLIENT: /^(?:NAME|ADDR|PORT|PROTO|HELO)$/,
  XFORWARD: /^(?:NAME|ADDR|PORT|PROTO|HELO|IDENT|SOURCE)$/,
};

/** Reads `XCLIENT NAME=… ADDR=…` or the same with XFORWARD; null where anything in it is wrong. */
export function readForwardedClient(
  verb: 'XCLIENT' | 'XFORWARD',
  line: string,
): ForwardedClient | null {
  const words = line.trim().split(/ +/).slice(1);
  let client: ForwardedClient = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = word.slice(0, equals).toUpperCase();
    const value = decodeXtext(word.slice(equals + 1));
    if (equals === -1 || value === null || !syntax[verb].test(name)) return null;
    const read = readAttribute(name, value);
    if (read === null) return null;
    // After XCLIENT the client's own EHLO says both.
    if (verb === 'XFORWARD' || !/^(?:HELO|PROTO)$/.test(name)) client = { ...client, ...read };
  }
  return words.length === 0 ? null : client;
}

/** The client as the connection shows it, with what was said of it instead. */
export function withForwarded(connection: Connection, forwarded: ForwardedClient): Connection {
  const { address, port, hostname, helo, protocol } = forwarded;
  const isOther = address !== undefined && address !== connection.clientAddress;
  return {
    clientAddress: address ?? connection.clientAddress,
    clientPort: port ?? (isOther ? 0 : connection.clientPort),
    clientHostname:
      hostname === undefined && !isOther ? connection.clientHostname : (hostname ?? null),
    helo: helo ?? connection.helo,
    protocol: protocol ?? connection.protocol,
  };
}

function readAttribute(name: string, value: string): ForwardedClient | null {
  const isUnknown = /^\[(?:UNAVAILABLE|TEMPUNAVAIL)\]$/i.test(value);
  switch (name) {
    case 'ADDR':
      return isUnknown ? {} : readAddress(value);
    case 'NAME': {
      const hostname = value.toLowerCase().replace(/\.$/, '');
      if (isUnknown) return { hostname: null };
      return isHostname(hostname) ? { hostname } : null;
    }
    case 'PORT':
      if (isUnknown) return {};
      return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? { port: Number(value) } : null;
    case 'HELO':
      if (isUnknown) return {};
      // It ends up in header fields and in our own commands, as the argument of EHLO does.
      return /^\S{1,255}$/.test(value) ? { helo: value.replaceAll(/[^\x21-\x7e]/g, '?') } : null;
    case 'PROTO':
      return { protocol: value.toUpperCase() === 'SMTP' ? 'SMTP' : 'ESMTP' };
    default:
      return {}; // IDENT, SOURCE: nothing we need
  }
}

function readAddress(value: string): ForwardedClient | null {
  const address = value.replace(/^IPV6:/i, '');
  if (isIP(address) === 0 || address.includes('%')) return null;
  // The prefix belongs to IPv6 addresses only; Postfix also takes them without it.
  return address === value || isIPv6(address) ? { address: address.toLowerCase() } : null;
}

/** RFC 3461 §4; null for what is no xtext, and for control characters in what it says. */
function decodeXtext(text: string): string | null {
  if (!/^(?:[!-*,-<>-~]|=|\+[0-9A-F]{2})*$/.test(text)) return null;
  const bytes = text.replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
  return /\p{Cc}/u.test(decoded) ? null : decoded;
}
