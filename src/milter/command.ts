import { isIP } from 'node:net';
import { MilterFault } from './milter-fault.ts';
import type { Packet } from './packet.ts';

/** What the mail server tells us of; names as in libmilter's `SMFIC_*`. */
export type MilterCommand =
  | { readonly kind: 'options'; readonly offer: Buffer }
  /** `stage` is the packet that these macros belong to, which follows. */
  | { readonly kind: 'macros'; readonly stage: string; readonly values: Macros }
  | { readonly kind: 'connect'; readonly client: MilterClient }
  | { readonly kind: 'helo'; readonly name: string }
  /** The address as the client wrote it, then ESMTP parameters. */
  | { readonly kind: 'mail' | 'rcpt'; readonly words: readonly Buffer[] }
  | { readonly kind: 'data' | 'unknown' | 'end-of-header' | 'abort' | 'quit-new' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'header'; readonly name: Buffer; readonly value: Buffer }
  /** CRLF line endings; a chunk may end anywhere. */
  | { readonly kind: 'body' | 'end-of-body'; readonly chunk: Buffer };

/** By name, without braces. */
export type Macros = ReadonlyMap<string, string>;

export type MilterClient = {
  /** What the mail server calls it. */
  readonly hostname: string;
  /** Empty for a local client, and where it is unknown. */
  readonly address: string;
  readonly port: number;
};

const maxMacros = 64;
const maxMacroLength = 1024;

const nothing = Buffer.alloc(0);

const withoutData = {
  T: 'data',
  U: 'unknown',
  N: 'end-of-header',
  A: 'abort',
  Q: 'quit',
  K: 'quit-new',
} as const;

/** @throws MilterFault `protocol` where the packet is none that a mail server sends. */
export function parseCommand({ name, data }: Packet): MilterCommand {
  switch (name) {
    case 'O':
      return { kind: 'options', offer: data };
    case 'D':
      return parseMacros(data);
    case 'C':
      return { kind: 'connect', client: parseClient(data) };
    case 'H':
      return { kind: 'helo', name: text(strings(data)[0] ?? missing('HELO without a name')) };
    case 'M':
    case 'R': {
      const words = strings(data);
      if (words.length === 0) missing('a command without an address');
      return { kind: name === 'M' ? 'mail' : 'rcpt', words };
    }
    case 'L': {
      const [field, value = nothing, ...rest] = strings(data);
      if (field === undefined || rest.length > 0) missing('a header field that is none');
      return { kind: 'header', name: field, value };
    }
    case 'B':
      return { kind: 'body', chunk: data };
    case 'E':
      return { kind: 'end-of-body', chunk: data };
    default: {
      if (!Object.hasOwn(withoutData, name)) missing('a packet of an unknown kind');
      return { kind: withoutData[name as keyof typeof withoutData] };
    }
  }
}

function parseMacros(data: Buffer): MilterCommand {
  if (data.length === 0) missing('macros of nothing');
  const words = strings(data.subarray(1));
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < words.length && values.size < maxMacros; at += 2) {
    const name = text(words[at] ?? nothing).replace(/^\{(.*)\}$/s, '$1');
    const value = text(words[at + 1] ?? nothing);
    values.set(name.slice(0, maxMacroLength), value.slice(0, maxMacroLength));
  }
  return { kind: 'macros', stage: data.toString('latin1', 0, 1), values };
}

function parseClient(data: Buffer): MilterClient {
  const nameEnd = data.indexOf(0);
  if (nameEnd < 0 || nameEnd + 1 >= data.length) missing('a client that is cut short');
  const hostname = text(data.subarray(0, nameEnd));
  const family = data.toString('latin1', nameEnd + 1, nameEnd + 2);
  if (!'46LU'.includes(family)) missing('a client of an unknown address family');
  const unknown = { hostname, address: '', port: 0 };
  if (family === 'U') return unknown;
  const portAt = nameEnd + 2;
  const [address] = strings(data.subarray(portAt + 2));
  if (data.length < portAt + 2 || address === undefined) missing('a client that is cut short');
  if (family === 'L') return unknown;
  const plain = text(address).replace(/^IPv6:/i, '');
  return isIP(plain) === 0
    ? unknown
    : { hostname, address: plain, port: data.readUInt16BE(portAt) };
}

/** Each ends with a NUL; what stands behind the last one is no string. */
function strings(data: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, at)) {
    found.push(data.subarray(at, end));
    at = end + 1;
  }
  if (at < data.length) missing('a string without its end');
  return found;
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8');
}

function missing(what: string): never {
  throw new MilterFault('protocol', what);
}
